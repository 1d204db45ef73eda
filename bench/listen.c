/* A listening socket on a free port.  [benchmark] */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "log.h"
#include "net.h"

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
