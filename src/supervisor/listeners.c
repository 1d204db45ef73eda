/*
 * Opening and closing the listening sockets.  [supervisor]
 *
 * Each proxy has a TCP socket of its own for each address (SO_REUSEPORT): the
 * kernel spreads new connections over them, and none wakes two processes.  A
 * Unix socket cannot be had twice, so its descriptor is shared.
 */
#include "listeners.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "net.h"
#include "xmalloc.h"

static const char *
remedy(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "; another program listens there, or a gateway that "
		       "lost its supervisor and serves on: stop it (picket "
		       "stop), or write another address";
	case EADDRNOTAVAIL:
		return "; this machine has no such address";
	case EACCES:
		return "; ports below 1024 and this directory need more "
		       "rights";
	default:
		return "";
	}
}

static void __attribute__((noreturn))
fail(const struct address *address, const char *option, const char *file)
{
	char text[ADDRESS_TEXT];
	int error = errno;

	address_text(address, text);
	fatal("%s: cannot listen on %s (%s): %s%s", file, text, option,
	    strerror(error), remedy(error));
}

/* Sockets that are shared would join those of another gateway unseen; one that
 * is not shared fails if there is another. */
static bool
is_ours_alone(const struct address *address)
{
	int fd;

	if (address_is_unix(address) || address->in.sin_port == 0)
		return true;
	fd = net_listen(address, false);
	if (fd == -1)
		return false;
	close(fd);
	return true;
}

/* The socket of proxy 0 decides the port if the system is to choose it. */
static int
open_one(struct address *address, int first)
{
	int fd;

	if (first != -1 && address_is_unix(address))
		return dup(first);
	fd = net_listen(address, true);
	if (fd != -1 && first == -1 && !address_is_unix(address))
		net_local_address(fd, address);
	return fd;
}

static void
open_address(struct gateway *gateway, int index, const char *file)
{
	struct address *address = &gateway->listen[index];
	int first = -1;

	if (!is_ours_alone(address))
		fail(address, "listen", file);
	for (int proxy = 0; proxy < gateway->process_count - 1; proxy++) {
		int fd = open_one(address, first);

		if (fd == -1)
			fail(address, "listen", file);
		if (first == -1)
			first = fd;
		gateway
		    ->listeners[proxy * gateway->listener_count + index] = fd;
	}
}

static int
open_admin(struct gateway *gateway, const char *file)
{
	int fd;

	if (gateway->admin.len == 0)
		return -1;
	fd = net_listen(&gateway->admin, false);
	if (fd == -1)
		fail(&gateway->admin, "admin", file);
	if (!address_is_unix(&gateway->admin))
		net_local_address(fd, &gateway->admin);
	return fd;
}

int
listeners_open(struct gateway *gateway, const struct config *config)
{
	size_t addresses = (size_t)config->listen_count;
	size_t proxies = (size_t)gateway->process_count - 1;

	gateway->listener_count = config->listen_count;
	gateway->listen = xcalloc(addresses, sizeof(*gateway->listen));
	memcpy(gateway->listen, config->listen,
	    addresses * sizeof(*gateway->listen));
	gateway->listeners = xcalloc(
	    addresses * proxies, sizeof(*gateway->listeners));
	for (int i = 0; i < gateway->listener_count; i++)
		open_address(gateway, i, config->file);
	gateway->admin = config->admin;
	return open_admin(gateway, config->file);
}

void
listeners_close(struct gateway *gateway)
{
	int proxies = gateway->process_count - 1;

	for (int i = 0; i < gateway->listener_count; i++) {
		if (address_is_unix(&gateway->listen[i]))
			unlink(gateway->listen[i].un.sun_path);
		for (int proxy = 0; proxy < proxies; proxy++)
			close(
			    gateway->listeners[proxy * gateway->listener_count +
					       i]);
	}
}
