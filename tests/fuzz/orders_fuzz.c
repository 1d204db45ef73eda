/*
 * Bodies of POST /workers/...: what is accepted is whole and in its range, what
 * is not is refused with a reason.
 *
 * The first byte chooses the order: 'a' add, 'w' weight, else one that names a
 * worker.
 */
#include "fuzz.h"

#include <string.h>

#include "orders.h"

static void
must_be_a_worker(const struct listed_worker *worker)
{
	MUST(worker->name[0] != '\0' && worker->url[0] != '\0');
	MUST(worker->host[0] != '\0');
	MUST(worker->port >= 0 && worker->port <= 65535);
	MUST(worker->weight >= 0.01 && worker->weight <= 1000);
	MUST(worker->capacity >= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct orders *orders;
	char error[ORDER_ERROR] = "";
	const char *kind = "choose";
	struct order order;

	if (size == 0)
		return 0;
	if (orders == NULL)
		orders = orders_new(NULL, 0);
	if (data[0] == 'a')
		kind = "add";
	if (data[0] == 'w')
		kind = "weight";
	if (!orders_read(
		orders, kind, (const char *)data + 1, size - 1, &order, error))
		MUST(error[0] != '\0');
	else if (data[0] == 'a')
		must_be_a_worker(&order.worker);
	MUST(data[0] != 'w' || error[0] != '\0' ||
	     (order.weight >= 0.01 && order.weight <= 1000));
	return 0;
}
