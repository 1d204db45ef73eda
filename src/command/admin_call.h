/*
 * One request to the admin address of a running gateway, waited for.
 * [command]
 */
#ifndef ADMIN_CALL_H
#define ADMIN_CALL_H

#include <stddef.h>

/* Asks and returns the answer's status, the body in `answer` (the caller's,
 * NUL-terminated); -1 with the reason in `answer` when there was none within
 * `timeout_s`.  The token "" is none. */
int admin_call(const char *address, const char *token, const char *method,
    const char *path, const char *body, int timeout_s, char **answer);

#endif
