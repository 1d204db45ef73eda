/*
 * The system calls that are left to control and the proxies: what each does,
 * and nothing beside.  [children while they start]
 *
 * A proxy passes bytes between sockets and runs a policy: it starts no program
 * and no process, listens nowhere, and signals nobody.  Control starts loaders
 * and may signal.  Neither becomes another user, traces another process or
 * changes the system.  What is not allowed fails with EPERM.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "process.h"

/* No new privileges for this process, ever; and, with `filter`, only these
 * system calls. */
void sandbox_enter(enum process_kind, bool filter);

#endif
