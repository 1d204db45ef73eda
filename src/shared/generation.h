/*
 * A generation: all that a configuration means, in one sealed memory file.
 * [written by the loader, read by every process]
 *
 *     config | policy, its options | Lua modules | workers | registry
 *
 * Every process maps the same bytes, so they cannot disagree about what was
 * loaded, nobody but the loader opens files, and the registry, however large,
 * is in memory once.  The descriptor travels from control to the proxies in a
 * PREPARE message; the supervisor keeps the current one for processes to come.
 */
#ifndef GENERATION_H
#define GENERATION_H

#include <stddef.h>
#include <stdint.h>
#include "config.h"

struct generation;

/* Maps a sealed file; NULL with a reason when it is not a generation. */
struct generation *generation_open(int fd, const char **reason);
void generation_close(struct generation *);

const struct config *generation_config(const struct generation *);

/* The policy: its file's path, source, and options as the text of a Lua table.
 */
const char *generation_policy_path(const struct generation *);
const char *generation_policy_source(const struct generation *, size_t *len);
const char *generation_policy_options(const struct generation *, size_t *len);

/* The source of "picket.ring", "gateway.runtime", ...; NULL: no such module.
 * `path` is the file it came from, for messages. */
const char *generation_module(const struct generation *, const char *name,
    size_t *len, const char **path);

/* The workers that the configuration lists. */
struct listed_worker {
	char name[64];
	char url[256];
	char host[256]; /* or the path of a Unix socket, port 0 */
	int32_t port;
	int32_t capacity;
	double weight;
};
int generation_worker_count(const struct generation *);
const struct listed_worker *generation_worker(
    const struct generation *, int index);

/* The registry: -1 for a function that is not in it. */
int generation_function_count(const struct generation *);
int generation_find_function(
    const struct generation *, const char *name, size_t len);
const char *generation_function_name(const struct generation *, int function);

/* Its packages, largest first: text, and hash as worker_hash_package() makes.
 */
int generation_package_count(const struct generation *, int function);
const char *generation_package(
    const struct generation *, int function, int index);
uint32_t generation_package_hash(
    const struct generation *, int function, int index);

#endif
