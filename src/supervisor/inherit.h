/*
 * Listening sockets that come with the program: from systemd (socket
 * activation), or from the gateway that this one replaces.  [supervisor]
 *
 * Both use systemd's convention: descriptors from 3 on, LISTEN_FDS says how
 * many and LISTEN_PID for whom.  A gateway adds PICKET_READY_FD, a pipe on
 * which its successor says that it serves, by a byte of 0, or why it cannot, in
 * lines; and PICKET_WORKERS_FD, what commands have made of the workers
 * (carry_over.h).
 */
#ifndef INHERIT_H
#define INHERIT_H

#include "address.h"

/* Looks what there is, once; nothing of it is passed on unasked. */
void inherit_read(void);

bool inherit_has_any(void);

/* A socket that listens there, the caller's from now on; -1: none is left. */
int inherit_take(const struct address *);

/* Does one that is left listen on the same port, wherever? */
bool inherit_has_port_of(const struct address *);

/* Closes what nobody took, and says so. */
void inherit_end(void);

/* Do the sockets come from a gateway that this one replaces? */
bool inherit_replaces(void);

/* Tells that gateway, if there is one, that it may go. */
void inherit_say_ready(void);

/* In a child: that pipe is not for it. */
void inherit_close(void);

/* The file of that gateway's workers, the caller's from now on; -1: none. */
int inherit_take_workers(void);

/* Becomes `argv[0]` with these sockets, this pipe end and, unless it is -1,
 * this file; returns on failure.  For a process that was forked to do just
 * this. */
void inherit_exec(char *const argv[], const int *sockets, int count, int ready,
    int workers_file);

#endif
