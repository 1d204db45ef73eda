/*
 * Memory that is there or the process dies: its successor starts clean.
 * [every process]
 */
#ifndef XMALLOC_H
#define XMALLOC_H

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc));
void *xcalloc(size_t count, size_t size) __attribute__((malloc));
void *xrealloc(void *, size_t size);
char *xstrdup(const char *) __attribute__((malloc));
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Absolute and without links, or as it is where that cannot be told. */
char *xrealpath(const char *path) __attribute__((malloc));

#endif
