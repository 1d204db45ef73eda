/*
 * Makes a generation, section by section.  [loader]
 *
 *     writer = generation_writer_new();
 *     generation_writer_config(writer)->processes = 2; ...
 *     generation_write_policy(writer, ...); ...
 *     generation_write_out(writer, fd);
 *     generation_writer_free(writer);
 */
#ifndef GENERATION_WRITER_H
#define GENERATION_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "generation.h"

struct generation_writer *generation_writer_new(void);
void generation_writer_free(struct generation_writer *);

/* To be filled in; all zero at first. */
struct config *generation_writer_config(struct generation_writer *);

/* `options` is the text of a Lua table. */
void generation_write_policy(struct generation_writer *, const char *path,
    const char *source, size_t len, const char *options);
void generation_write_module(struct generation_writer *, const char *name,
    const char *path, const char *source, size_t len);
void generation_write_worker(
    struct generation_writer *, const struct listed_worker *);

/* A package, whose number is returned; the caller names none twice. */
uint32_t generation_write_package(
    struct generation_writer *, const char *name, size_t len);
/* A function with these packages, largest first. */
void generation_write_function(struct generation_writer *, const char *name,
    size_t len, const uint32_t *packages, uint32_t count);

/* An empty file for a generation, closed on exec; -1 with errno set. */
int generation_file(void);
/* Writes everything there and seals it; false with errno set. */
bool generation_write_out(struct generation_writer *, int fd);

#endif
