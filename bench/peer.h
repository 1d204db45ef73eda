/*
 * What the proxy's peers share, the load and the workers.  [benchmark]
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <sys/epoll.h>

/* A listening socket on a free port of the loopback interface, which is
 * printed.  Ends the program when there is none. */
int listen_anywhere(void);

/* epoll_wait() without end.  Unless `peer_sleeps` it does not sleep but looks
 * again and again, and lets others run between: over the loopback interface
 * whoever sends to one that sleeps wakes it as well, which would be the proxy,
 * the more often the faster its peers are.  On a network nobody is woken so. */
int peer_wait(int epoll, struct epoll_event *events, int max);
extern bool peer_sleeps;

#endif
