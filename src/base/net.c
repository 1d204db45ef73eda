/* Sockets.  [every process] */
#include "net.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

/* close() that keeps the errno which the caller is to see. */
static int
close_failed(int fd)
{
	int saved_errno = errno;

	close(fd);
	errno = saved_errno;
	return -1;
}

static bool
switch_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

/* A non-blocking socket of the address' family. */
static int
open_socket(const struct address *address)
{
	int fd = socket(address->any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (!address_is_unix(address) &&
	    !switch_on(fd, IPPROTO_TCP, TCP_NODELAY))
		return close_failed(fd);
	return fd;
}

/* A refused connection says that the file outlived its listener. */
static bool
is_stale(const struct address *address)
{
	bool refused;
	int fd = open_socket(address);

	if (fd == -1)
		return false;
	refused = connect(fd, &address->any, address->len) == -1 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static bool
bind_unix(int fd, const struct address *address)
{
	struct stat file;

	if (bind(fd, &address->any, address->len) == 0)
		return true;
	if (errno != EADDRINUSE)
		return false;
	if (lstat(address->un.sun_path, &file) == 0 &&
	    !S_ISSOCK(file.st_mode)) {
		errno = EEXIST;
		return false;
	}
	if (is_stale(address) && unlink(address->un.sun_path) == 0)
		return bind(fd, &address->any, address->len) == 0;
	errno = EADDRINUSE;
	return false;
}

static bool
bind_tcp(int fd, const struct address *address, bool shared)
{
	if (!switch_on(fd, SOL_SOCKET, SO_REUSEADDR))
		return false;
	if (shared && !switch_on(fd, SOL_SOCKET, SO_REUSEPORT))
		return false;
	if (address->any.sa_family == AF_INET6 &&
	    !switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY))
		return false;
	return bind(fd, &address->any, address->len) == 0;
}

/* TCP_NODELAY is set here once: accepted connections inherit it. */
int
net_listen(const struct address *address, bool shared)
{
	int fd = open_socket(address);
	bool bound;

	if (fd == -1)
		return -1;
	if (address_is_unix(address))
		bound = bind_unix(fd, address);
	else
		bound = bind_tcp(fd, address, shared);
	if (!bound || listen(fd, SOMAXCONN) == -1)
		return close_failed(fd);
	return fd;
}

int
net_accept(int listener, struct address *peer)
{
	peer->len = sizeof(peer->un);
	return accept4(
	    listener, &peer->any, &peer->len, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int
net_connect(const struct address *address)
{
	int fd = open_socket(address);

	if (fd == -1)
		return -1;
	if (connect(fd, &address->any, address->len) == -1 &&
	    errno != EINPROGRESS)
		return close_failed(fd);
	return fd;
}

int
net_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

bool
net_local_address(int fd, struct address *address)
{
	address->len = sizeof(address->un);
	if (getsockname(fd, &address->any, &address->len) == 0)
		return true;
	address->len = 0;
	return false;
}
