/* A listening socket on a free port, and waiting awake.  [benchmark] */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include "log.h"
#include "net.h"

bool peer_sleeps;

int
listen_anywhere(void)
{
	struct address address;
	const char *reason;
	int fd;

	address_parse(&address, "127.0.0.1:1", &reason);
	address.in.sin_port = 0;
	fd = net_listen(&address, false);
	if (fd == -1 || !net_local_address(fd, &address))
		fatal("listen: %s", strerror(errno));
	printf("%d\n", ntohs(address.in.sin_port));
	fflush(stdout);
	return fd;
}

int
peer_wait(int epoll, struct epoll_event *events, int max)
{
	int ready;

	while (
	    (ready = epoll_wait(epoll, events, max, peer_sleeps ? -1 : 0)) == 0)
		sched_yield();
	return ready;
}
