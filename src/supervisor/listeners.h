/*
 * The listening sockets: opened once by the supervisor and kept there, so that
 * what waits in their queues survives the death of a process.  [supervisor]
 */
#ifndef LISTENERS_H
#define LISTENERS_H

#include "process.h"

/* Opens all that the configuration asks for, or takes what was inherited, and
 * fills in the gateway's part; one that cannot be opened is fatal.  Returns the
 * admin socket, -1: none. */
int listeners_open(struct gateway *, const struct config *);

/* Closes the proxies' sockets; the files of Unix sockets go unless another
 * gateway, or systemd, uses them. */
void listeners_close(struct gateway *, bool files_go);

#endif
