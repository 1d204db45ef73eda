/*
 * Sockets: all of them non-blocking, closed on exec, and without Nagle's
 * delay.  [every process]
 */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include "address.h"

/*
 * A listening socket, -1 with errno set.
 *
 * `shared`: several processes listen with a socket each (SO_REUSEPORT).  That
 * would let a second gateway of the same user join in unseen, so open and close
 * one that is not shared first: it fails with EADDRINUSE.  A Unix socket cannot
 * be shared in this way; processes inherit the one descriptor.
 *
 * A Unix socket's file that nobody listens on any more is replaced; one in use
 * is EADDRINUSE, and anything else that lies there EEXIST.
 */
int net_listen(const struct address *, bool shared);

/* An accepted connection and who it is, -1 with errno set. */
int net_accept(int listener, struct address *peer);

/* A connection that is being made: writable when done, then see net_error().
 * -1 with errno set when it failed at once. */
int net_connect(const struct address *);

/* What a socket suffers from, 0 for nothing. */
int net_error(int fd);

/* The socket's own address. */
bool net_local_address(int fd, struct address *);

#endif
