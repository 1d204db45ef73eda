/*
 * Which function a path asks for, and under which path a worker serves it.
 * [proxies]
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>
#include "config.h"
#include "text.h"

/* The route with the longest prefix that the path begins with; NULL: none. */
const struct route *route_find(const struct config *, struct text path);

/* The path segment after the prefix; empty when there is none, or when it is
 * "." or "..", which are no names. */
struct text route_function(const struct route *, struct text path);

/* The path for the worker; a changed one is written to `out`, which has room
 * for the path and CONFIG_PREFIX bytes more. */
struct text route_forward(const struct route *, struct text path, char *out);

#endif
