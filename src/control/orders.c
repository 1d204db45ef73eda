/* JSON bodies through Lua.  [control] */
#include "orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "worker.h"
#include "xmalloc.h"

struct orders {
	lua_State *L; /* its stack holds the module, at 1 */
};

/* Sets `listen` of the module on top. */
static void
set_listen(lua_State *L, const struct address *listen, int count)
{
	char text[ADDRESS_TEXT];

	lua_createtable(L, count, 0);
	for (int i = 0; i < count; i++) {
		address_text(&listen[i], text);
		lua_pushstring(L, text);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "listen");
}

struct orders *
orders_new(const struct address *listen, int count)
{
	struct orders *orders = xcalloc(1, sizeof(*orders));

	orders->L = library_open();
	library_push(orders->L, "gateway.orders");
	set_listen(orders->L, listen, count);
	return orders;
}

void
orders_free(struct orders *orders)
{
	if (orders == NULL)
		return;
	lua_close(orders->L);
	free(orders);
}

/* A field of the table at 2, "" when it is absent. */
static void
copy_text(lua_State *L, const char *field, char *text, size_t size)
{
	const char *value;

	lua_getfield(L, 2, field);
	value = lua_tostring(L, -1);
	snprintf(text, size, "%s", value != NULL ? value : "");
	lua_pop(L, 1);
}

static double
number_of(lua_State *L, const char *field)
{
	double number;

	lua_getfield(L, 2, field);
	number = lua_tonumber(L, -1);
	lua_pop(L, 1);
	return number;
}

static void
copy_worker(lua_State *L, struct listed_worker *worker)
{
	int capacity = (int)number_of(L, "capacity");

	copy_text(L, "name", worker->name, sizeof(worker->name));
	copy_text(L, "url", worker->url, sizeof(worker->url));
	copy_text(L, "unix_path", worker->host, sizeof(worker->host));
	if (worker->host[0] == '\0') {
		copy_text(L, "host", worker->host, sizeof(worker->host));
		worker->port = (int)number_of(L, "port");
	}
	worker->weight = number_of(L, "weight");
	worker->capacity = capacity == 0 ? WORKER_CAPACITY_ANY : capacity;
}

bool
orders_read(struct orders *orders, const char *kind, const char *text,
    size_t len, struct order *order, char error[ORDER_ERROR])
{
	lua_State *L = orders->L;
	bool is_good;

	memset(order, 0, sizeof(*order));
	lua_settop(L, 1);
	lua_getfield(L, 1, kind);
	lua_pushlstring(L, text, len);
	is_good = lua_pcall(L, 1, 2, 0) == 0 && lua_istable(L, 2);
	if (is_good) {
		copy_text(L, "which", order->which, sizeof(order->which));
		order->weight = number_of(L, "weight");
		copy_worker(L, &order->worker);
	} else {
		snprintf(error, ORDER_ERROR, "%s", lua_tostring(L, -1));
	}
	lua_settop(L, 1);
	return is_good;
}
