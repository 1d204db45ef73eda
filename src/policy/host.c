/* Answers what the runtime asks for.  [proxies, loader] */
#include "host.h"

static const char *
get_worker_name(void *policy, int32_t slot)
{
	struct host *host = policy;

	return worker_identity(host->table, slot)->name;
}

static const char *
get_worker_url(void *policy, int32_t slot)
{
	struct host *host = policy;

	return worker_identity(host->table, slot)->url;
}

static double
get_served(void *policy, int32_t slot)
{
	struct host *host = policy;

	return worker_served(host->table, slot);
}

static double
get_failed(void *policy, int32_t slot)
{
	struct host *host = policy;

	return worker_failed(host->table, slot);
}

static int32_t
get_warmth(void *policy, int32_t slot, uint32_t hash)
{
	struct host *host = policy;
	double seconds = generation_config(host->generation)->warm_for;

	return worker_is_warm(host->table, slot, hash, (uint32_t)seconds);
}

static const char *
get_function_name(void *policy, int32_t function)
{
	struct host *host = policy;

	return generation_function_name(host->generation, function);
}

static int32_t
get_package_count(void *policy, int32_t function)
{
	struct host *host = policy;

	return generation_package_count(host->generation, function);
}

static const char *
get_package(void *policy, int32_t function, int32_t index)
{
	struct host *host = policy;

	return generation_package(host->generation, function, index);
}

void
host_fill(struct policy_host *view, struct host *host)
{
	view->policy = host;
	view->workers = worker_rows(host->table);
	view->worker_max = worker_max(host->table);
	view->worker_name = get_worker_name;
	view->worker_url = get_worker_url;
	view->served = get_served;
	view->failed = get_failed;
	view->is_warm = get_warmth;
	view->hash_function = worker_hash_function;
	view->hash_package = worker_hash_package;
	view->function_name = get_function_name;
	view->package_count = get_package_count;
	view->package = get_package;
}
