/* Writes specs of failing picks.  [proxies] */
#include "failure_spec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "xmalloc.h"

enum { HEADERS = 16, HEADER_NAME = 64 };

/* Writing takes a microsecond for each worker or so. */
enum { WORKERS_MAX = 4096, PACKAGES_MAX = 64 };

struct failure_specs {
	const struct generation *generation;
	struct worker_table *table;
	char *folder, *policy; /* for whoever runs a spec, wherever that is */
	int32_t random[4];
	char headers[HEADERS][HEADER_NAME];
	int header_count;
	char *names[FAILURE_SPECS]; /* of files that were written or there */
	int count;
	bool is_off; /* the folder cannot be written to */
};

struct failure_specs *
failure_specs_new(
    const struct generation *generation, struct worker_table *table)
{
	const struct config *config = generation_config(generation);
	const char *path = generation_policy_path(generation);
	struct failure_specs *specs;

	if (config->policy_limits.failure_specs[0] == '\0')
		return NULL;
	specs = xcalloc(1, sizeof(*specs));
	specs->generation = generation;
	specs->table = table;
	specs->folder = xrealpath(config->policy_limits.failure_specs);
	specs->policy = xrealpath(path);
	return specs;
}

void
failure_specs_free(struct failure_specs *specs)
{
	if (specs == NULL)
		return;
	for (int i = 0; i < specs->count; i++)
		free(specs->names[i]);
	free(specs->folder);
	free(specs->policy);
	free(specs);
}

void
failure_specs_begin(struct failure_specs *specs, const int32_t *random)
{
	memcpy(specs->random, random, sizeof(specs->random));
	specs->header_count = 0;
}

void
failure_specs_note(struct failure_specs *specs, const char *header, int32_t len)
{
	char *name;

	if (specs->header_count == HEADERS || len >= HEADER_NAME)
		return;
	name = specs->headers[specs->header_count];
	memcpy(name, header, (size_t)len);
	name[len] = '\0';
	for (int i = 0; i < specs->header_count; i++)
		if (strcmp(specs->headers[i], name) == 0)
			return;
	specs->header_count++;
}

/* --- Lua --- */

static void
put_text(FILE *out, const char *text, size_t len)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < ' ' || byte == 0x7f)
			fprintf(out, "\\%03d", byte);
		else if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else
			fputc(byte, out);
	}
	fputc('"', out);
}

static void
put_field(FILE *out, const char *name, const char *text, size_t len,
    const char *after)
{
	fprintf(out, "%s = ", name);
	put_text(out, text, len);
	fputs(after, out);
}

static int
package_count(const struct failure_specs *specs, int function)
{
	int count = function < 0
			? 0
			: generation_package_count(specs->generation, function);

	return count < PACKAGES_MAX ? count : PACKAGES_MAX;
}

/* What a message quotes may come from a client, and must not end the comment.
 */
static void
put_comment(FILE *out, const char *text)
{
	fputs("--     ", out);
	for (; *text != '\0'; text++)
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	fputc('\n', out);
}

/* --- the workers --- */

static bool
is_warm(const struct failure_specs *specs, int slot, uint32_t hash)
{
	double seconds = generation_config(specs->generation)->warm_for;

	return worker_is_warm(specs->table, slot, hash, (uint32_t)seconds);
}

/* Of what is warm there, that which the request may be about. */
static void
put_warmth(FILE *out, const struct failure_specs *specs, int slot,
    const struct request_view *request)
{
	int count = package_count(specs, request->function);

	fputs("packages = { ", out);
	for (int i = 0; i < count; i++) {
		const char *name = generation_package(
		    specs->generation, request->function, i);

		if (!is_warm(
			specs, slot, worker_hash_package(name, strlen(name))))
			continue;
		put_text(out, name, strlen(name));
		fputs(", ", out);
	}
	fputs("}, ", out);
	if (!is_warm(specs, slot,
		worker_hash_function(request->func, (size_t)request->func_len)))
		return;
	fputs("funcs = { ", out);
	put_text(out, request->func, (size_t)request->func_len);
	fputs(" }, ", out);
}

static void
put_worker(FILE *out, const struct failure_specs *specs, int slot,
    const struct failure *failure)
{
	const struct worker *worker = worker_at(specs->table, slot);
	const struct worker_identity *identity = worker_identity(
	    specs->table, slot);

	fputs("                { ", out);
	put_field(out, "name", identity->name, strlen(identity->name), ", ");
	put_field(out, "url", identity->url, strlen(identity->url), ", ");
	fprintf(out,
	    "weight = %.17g, inflight = %d, capacity = %d,\n"
	    "                    latency_ms = %.17g, served = %.0f, "
	    "failed = %.0f, utilization = %.17g,\n                    ",
	    worker->weight, worker->inflight, worker->capacity,
	    worker->latency_ms, worker_served(specs->table, slot),
	    worker_failed(specs->table, slot), worker->utilization);
	put_warmth(out, specs, slot, failure->request);
	fprintf(
	    out, "tried = %s },\n", failure->tried[slot] ? "true" : "false");
}

/* False when there are too many. */
static bool
put_workers(
    FILE *out, const struct failure_specs *specs, const struct failure *failure)
{
	int count = 0;

	fputs("            workers = {\n", out);
	for (int slot = 0; slot < worker_max(specs->table); slot++) {
		if (!worker_is_available(worker_at(specs->table, slot)))
			continue;
		if (++count > WORKERS_MAX)
			return false;
		put_worker(out, specs, slot, failure);
	}
	fputs("            },\n", out);
	return true;
}

/* --- the request --- */

static void
put_headers(
    FILE *out, const struct failure_specs *specs, const struct failure *failure)
{
	fputs("                headers = { ", out);
	for (int i = 0; i < specs->header_count; i++) {
		const char *name = specs->headers[i], *value;
		size_t name_len = strlen(name);
		int32_t len = failure->header(
		    failure->request->owner, name, (int32_t)name_len, &value);

		if (len < 0)
			continue;
		fputc('[', out);
		put_text(out, name, name_len);
		fputs("] = ", out);
		put_text(out, value, (size_t)len);
		fputs(", ", out);
	}
	fputs("},\n", out);
}

static void
put_request(
    FILE *out, const struct failure_specs *specs, const struct failure *failure)
{
	const struct request_view *request = failure->request;
	int count = package_count(specs, request->function);

	fputs("            request = {\n                ", out);
	put_field(out, "func", request->func, (size_t)request->func_len, ", ");
	put_field(
	    out, "method", request->method, (size_t)request->method_len, ", ");
	put_field(out, "path", request->path, (size_t)request->path_len,
	    ",\n                ");
	put_field(
	    out, "client", request->client, (size_t)request->client_len, ", ");
	fprintf(out,
	    "attempt = %d, now = %.17g, body_length = %.17g,\n"
	    "                packages = { ",
	    request->attempt, request->now, request->body_length);
	for (int i = 0; i < count; i++) {
		const char *name = generation_package(
		    specs->generation, request->function, i);

		put_text(out, name, strlen(name));
		fputs(", ", out);
	}
	fputs("},\n", out);
	put_headers(out, specs, failure);
	fputs("            },\n", out);
}

/* --- the whole --- */

/* The library, from the path of one of its files; its length. */
static int
library(const struct failure_specs *specs, const char **path)
{
	const char *end;
	size_t len;

	*path = "";
	if (generation_module(
		specs->generation, "gateway.runtime", &len, path) == NULL)
		return 0;
	end = strstr(*path, "/gateway/runtime.lua");
	return end != NULL ? (int)(end - *path) : 0;
}

static void
put_beginning(FILE *out, const struct failure_specs *specs, const char *file,
    const struct failure *failure)
{
	char now[32], *command;
	time_t seconds = time(NULL);
	struct tm utc;
	const char *path;
	int len = library(specs, &path);

	command = xasprintf(
	    "busted --lua=luajit --lpath='%.*s/?.lua' '%s'", len, path, file);
	strftime(now, sizeof(now), "%Y-%m-%d %H:%M:%S UTC",
	    gmtime_r(&seconds, &utc));
	fprintf(out, "-- Written by picket, %s, when this pick failed:\n", now);
	put_comment(out, failure->message);
	fputs("-- Run it with\n", out);
	put_comment(out, command);
	free(command);
	fputs("-- The policy is loaded afresh: if it fails only after certain "
	      "requests, it does not fail here.\n"
	      "local replay = require(\"gateway.replay\")\n\n"
	      "describe(",
	    out);
	put_text(out, specs->policy, strlen(specs->policy));
	fputs(", function()\n"
	      "    it(\"picks for a request on which it failed\", function()\n"
	      "        replay.pick({\n            ",
	    out);
}

static bool
put_all(FILE *out, const struct failure_specs *specs, const char *file,
    const struct failure *failure)
{
	const struct config *config = generation_config(specs->generation);

	put_beginning(out, specs, file, failure);
	put_field(out, "policy", specs->policy, strlen(specs->policy),
	    ",\n            ");
	fprintf(out, "options = %s,\n",
	    generation_policy_options(specs->generation, NULL));
	if (!put_workers(out, specs, failure))
		return false;
	put_request(out, specs, failure);
	fprintf(out,
	    "            seed = %.0f, random = { %d, %d, %d, %d },\n"
	    "            time_ms = %.17g, memory_bytes = %lld,\n"
	    "        })\n    end)\nend)\n",
	    failure->seed, specs->random[0], specs->random[1], specs->random[2],
	    specs->random[3], config->policy_limits.time_ms,
	    (long long)config->policy_limits.memory_bytes);
	return true;
}

/* --- the file --- */

/* "mine-3-error-1a2b3c4d_spec.lua" */
static char *
name_of(const struct failure_specs *specs, const struct failure *failure)
{
	const char *slash = strrchr(specs->policy, '/');
	const char *file = slash != NULL ? slash + 1 : specs->policy;
	const char *dot = strrchr(file, '.');
	const char *colon = strstr(failure->message, ".lua:");
	size_t len;
	const char *source = generation_policy_source(specs->generation, &len);

	return xasprintf("%.*s-%d-%s-%08x_spec.lua",
	    (int)(dot != NULL ? (size_t)(dot - file) : strlen(file)), file,
	    colon != NULL ? atoi(colon + 5) : 0, failure->kind,
	    worker_hash_function(source, len));
}

/* Takes the name; false when there is nothing to write any more. */
static bool
remember(struct failure_specs *specs, char *name)
{
	bool is_new = specs->count < FAILURE_SPECS;

	for (int i = 0; i < specs->count; i++)
		if (strcmp(specs->names[i], name) == 0)
			is_new = false;
	if (is_new)
		specs->names[specs->count++] = name;
	else
		free(name);
	return is_new;
}

static bool
write_whole(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, text, len);

		if (written == -1 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		len -= (size_t)written;
	}
	return true;
}

/* Another proxy may have written the same, or this one before a reload. */
static void
write_file(
    struct failure_specs *specs, const char *path, const char *text, size_t len)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	bool is_whole = fd != -1 && write_whole(fd, text, len);

	if (fd == -1 && errno == EEXIST)
		return;
	if (!is_whole) {
		log_warn("cannot write the failed pick to %s: %m", path);
		specs->is_off = true;
		if (fd != -1)
			unlink(path);
	} else {
		log_info("policy: the failed pick is written to %s", path);
	}
	if (fd != -1)
		close(fd);
}

void
failure_specs_write(struct failure_specs *specs, const struct failure *failure)
{
	char *name, *path, *text = NULL;
	size_t len;
	FILE *out;

	if (specs->is_off || specs->count == FAILURE_SPECS)
		return;
	name = name_of(specs, failure);
	if (!remember(specs, name))
		return;
	path = xasprintf("%s/%s", specs->folder, name);
	out = open_memstream(&text, &len);
	if (out != NULL) {
		bool is_good = put_all(out, specs, path, failure);

		if (fclose(out) == 0 && is_good)
			write_file(specs, path, text, len);
	}
	free(text);
	free(path);
}
