/*
 * A policy on made-up workers, for tests: workers w0, w1, ... all up, and a
 * registry of two functions, `thumb` with the packages numpy and pillow, and
 * `plain` with none.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generation_writer.h"
#include "policy.h"
#include "worker.h"
#include "xmalloc.h"

static inline char *
fixture_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	char *text = xmalloc(1 << 20);

	if (file == NULL)
		abort();
	*len = fread(text, 1, (1 << 20) - 1, file);
	text[*len] = '\0';
	fclose(file);
	return text;
}

static inline void
fixture_add_modules(struct generation_writer *writer, const char *folder)
{
	char *pattern = xasprintf("lua/lib/%s/*.lua", folder);
	glob_t found;

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		const char *file = strrchr(path, '/') + 1;
		char *name = xasprintf(
		    "%s.%.*s", folder, (int)strlen(file) - 4, file);
		size_t len = 0;
		char *source = fixture_read(path, &len);

		generation_write_module(writer, name, path, source, len);
		free(source);
		free(name);
	}
	globfree(&found);
	free(pattern);
}

static inline struct generation *
fixture_finish(struct generation_writer *writer)
{
	const char *reason;
	int fd = generation_file();
	struct generation *generation = NULL;

	if (generation_write_out(writer, fd))
		generation = generation_open(fd, &reason);
	close(fd);
	generation_writer_free(writer);
	return generation;
}

/* The folder for failing picks of generations made from now on. */
static const char *fixture_failure_specs = "";

static inline struct generation *
fixture_generation(const char *source, const char *options, size_t memory)
{
	struct generation_writer *writer = generation_writer_new();
	struct config *config = generation_writer_config(writer);
	uint32_t packages[2];

	config->policy_limits.memory_bytes = (int64_t)memory;
	config->policy_limits.time_ms = 20;
	config->warm_for = 300;
	snprintf(config->policy_limits.failure_specs,
	    sizeof(config->policy_limits.failure_specs), "%s",
	    fixture_failure_specs);
	config->has_registry = true;
	generation_write_policy(
	    writer, "somewhere/test.lua", source, strlen(source), options);
	fixture_add_modules(writer, "gateway");
	fixture_add_modules(writer, "picket");
	packages[0] = generation_write_package(writer, "numpy", 5);
	packages[1] = generation_write_package(writer, "pillow", 6);
	generation_write_function(writer, "thumb", 5, packages, 2);
	generation_write_function(writer, "plain", 5, NULL, 0);
	return fixture_finish(writer);
}

/* Made once, as a table is never freed; then emptied. */
static inline struct worker_table *
fixture_workers(int count)
{
	static struct worker_table *table;

	if (table == NULL)
		table = worker_table_new(1024, 1);
	for (int slot = 0; slot < worker_max(table); slot++) {
		worker_at(table, slot)->inflight = 0;
		if (worker_at(table, slot)->state != WORKER_FREE)
			worker_remove(table, slot);
	}
	worker_publish(table);
	worker_take_note(table, 0, worker_membership(table));
	worker_sweep(table);
	for (int i = 0; i < count; i++) {
		char *name = xasprintf("w%d", i);
		char *url = xasprintf("http://127.0.0.1:%d", 9081 + i);
		int slot = worker_add(table, name, url, "127.0.0.1", 9081 + i,
		    1, WORKER_CAPACITY_ANY, true);

		worker_set_state(table, slot, WORKER_UP, "");
		free(name);
		free(url);
	}
	worker_publish(table);
	return table;
}

/* The value of any header is its own name; of "absent" there is none. */
static inline int32_t
fixture_header(
    void *owner, const char *name, int32_t name_len, const char **value)
{
	static char copy[64];

	(void)owner;
	if (strcmp(name, "absent") == 0)
		return -1;
	memcpy(copy, name, (size_t)name_len);
	*value = copy;
	return name_len;
}

static inline void
fixture_request(struct policy *policy, const char *func, int function)
{
	static int owner;

	*policy_request(policy) = (struct request_view){
	    .func = func,
	    .func_len = (int32_t)strlen(func),
	    .path = "/run/thumb?x=1",
	    .path_len = 14,
	    .method = "POST",
	    .method_len = 4,
	    .client = "10.0.0.1",
	    .client_len = 8,
	    .function = function,
	    .attempt = 1,
	    .body_length = 12,
	    .now = 1000,
	    .owner = &owner,
	};
}

#endif
