/*
 * What a pick costs, in nanoseconds: every shipped policy over 4 and over 1,000
 * workers, and one that does nothing, which shows the way into Lua and back.
 *
 *     cmake --build build --target bench && build/bench/policy_bench
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "datadir.h"
#include "loader.h"
#include "log.h"
#include "policy.h"
#include "worker.h"
#include "xmalloc.h"

enum { FUNCTIONS = 1000, PACKAGES = 20, ROUNDS = 5, ROUND_US = 200000 };

static char directory[] = "/tmp/picket-bench-XXXXXX";

static FILE *
create(const char *name)
{
	char *path = xasprintf("%s/%s", directory, name);
	FILE *file = fopen(path, "w");

	if (file == NULL)
		fatal("cannot write %s: %m", path);
	free(path);
	return file;
}

static void
write_registry(void)
{
	FILE *file = create("registry.json");

	fputc('[', file);
	for (int i = 0; i < FUNCTIONS; i++) {
		fprintf(file, "%s{\"handle\": \"f%d\", \"pkgs\": [",
		    i > 0 ? "," : "", i);
		for (int k = 0; k < PACKAGES; k++)
			fprintf(file, "%s\"p%d\"", k > 0 ? "," : "",
			    (i * 7 + k * 13) % 500);
		fputs("]}", file);
	}
	fputc(']', file);
	fclose(file);
}

static struct generation *
load(const char *policy, int workers)
{
	char *path = xasprintf("%s/scheduler.lua", directory);
	FILE *file = create("scheduler.lua");
	char error[LOADER_ERROR];
	const char *reason;
	struct generation *generation;
	int fd;

	fprintf(file,
	    "local workers = {}  for i = 1, %d do "
	    "workers[i] = 'http://127.0.0.1:' .. 10000 + i end\n"
	    "return { policy = \"%s\", registry = \"registry.json\", "
	    "workers = workers }",
	    workers, policy);
	fclose(file);
	fd = loader_load(path, error);
	if (fd == -1)
		fatal("%s", error);
	generation = generation_open(fd, &reason);
	close(fd);
	free(path);
	return generation;
}

static struct worker_table *
make_workers(const struct generation *generation)
{
	int count = generation_worker_count(generation);
	struct worker_table *table = worker_table_new(count, 1);

	for (int i = 0; i < count; i++) {
		const struct listed_worker *listed = generation_worker(
		    generation, i);
		int slot = worker_add(table, listed->name, listed->url,
		    listed->host, listed->port, listed->weight,
		    listed->capacity, true);

		worker_at(table, slot)->inflight = i * 7 % 5;
		worker_set_state(table, slot, WORKER_UP, "");
	}
	worker_publish(table);
	return table;
}

static int32_t
no_header(void *owner, const char *name, int32_t name_len, const char **value)
{
	(void)owner, (void)name, (void)name_len, (void)value;
	return -1;
}

/* Processor time, which other processes do not take part in. */
static uint64_t
read_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The nanoseconds of a pick, in the best of a few rounds. */
static double
measure(struct policy *policy, const struct generation *generation)
{
	struct request_view *view = policy_request(policy);
	double best = 1e18;

	*view = (struct request_view){.path = "/run/f",
	    .path_len = 6,
	    .method = "POST",
	    .method_len = 4,
	    .client = "10.1.2.3",
	    .client_len = 8,
	    .attempt = 1};
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t begin = read_us(), end = begin;
		long picks = 0;

		for (; end - begin < ROUND_US; end = read_us())
			for (int i = 0; i < 1000; i++, picks++) {
				int function = (int)(picks * 31 % FUNCTIONS);

				view->function = function;
				view->func = generation_function_name(
				    generation, function);
				view->func_len = (int32_t)strlen(view->func);
				policy_pick(policy);
			}
		if ((double)(end - begin) * 1000 / (double)picks < best)
			best = (double)(end - begin) * 1000 / (double)picks;
	}
	return best;
}

static double
measure_policy(const char *name, int workers)
{
	struct generation *generation = load(name, workers);
	struct worker_table *table = make_workers(generation);
	char error[256];
	struct policy *policy = policy_new(
	    generation, table, no_header, no_header, 1, error, sizeof(error));
	double ns;

	if (policy == NULL)
		fatal("%s", error);
	ns = measure(policy, generation);
	if (policy_stats(policy)->errors > 0)
		fatal("%s", policy_stats(policy)->last_error);
	policy_free(policy);
	generation_close(generation);
	return ns;
}

static void
print_row(const char *name)
{
	double few = measure_policy(name, 4);

	printf("%-30s %12.0f %15.0f\n", name, few, measure_policy(name, 1000));
}

static int
remove_directory(void)
{
	char *command = xasprintf("rm -r %s", directory);
	int status = system(command);

	free(command);
	return status;
}

int
main(int argc, char **argv)
{
	char *pattern = xasprintf("%s/*.lua", datadir_policies());
	FILE *file;
	glob_t found;

	if (mkdtemp(directory) == NULL)
		fatal("cannot make %s: %m", directory);
	write_registry();
	file = create("first.lua");
	fputs("return { pick = function(_, w) return w[1] end }", file);
	fclose(file);
	printf("%-30s %12s %15s\n", "ns per pick", "4 workers", "1000 workers");
	if (argc > 1) {
		print_row(argv[1]);
		return remove_directory();
	}
	print_row("./first.lua");
	if (glob(pattern, 0, NULL, &found) != 0)
		fatal("no policies at %s", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *name = xstrdup(strrchr(found.gl_pathv[i], '/') + 1);

		name[strlen(name) - strlen(".lua")] = '\0';
		print_row(name);
		free(name);
	}
	globfree(&found);
	free(pattern);
	return remove_directory();
}
