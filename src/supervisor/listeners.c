/*
 * Opening, taking over and closing the listening sockets.  [supervisor]
 *
 * Each proxy has a TCP socket of its own for each address (SO_REUSEPORT): the
 * kernel spreads new connections over them, and none wakes two processes.  A
 * Unix socket cannot be had twice, so its descriptor is shared.
 */
#include "listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inherit.h"
#include "log.h"
#include "net.h"
#include "xmalloc.h"

static const char *
remedy(const struct address *address, int error)
{
	switch (error) {
	case EADDRINUSE:
		if (inherit_replaces() && inherit_has_port_of(address))
			return "; the gateway that this one would replace has "
			       "that port at another address: stop it and "
			       "start again, or write another port";
		return "; another program listens there, or a gateway that "
		       "lost its supervisor and serves on: stop it (picket "
		       "stop), or write another address";
	case EADDRNOTAVAIL:
		return "; this machine has no such address";
	case EACCES:
		return address_is_unix(address)
			   ? "; this user cannot make a file in that folder"
			   : "; ports below 1024 need more rights";
	case ENOENT:
		return "; make the folder of that socket first";
	case EEXIST:
		return "; that is no socket: remove it, or write another path";
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
	    strerror(error), remedy(address, error));
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

static bool
is_shared(int fd)
{
	int shared = 0;
	socklen_t len = sizeof(shared);

	return getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &shared, &len) == 0 &&
	       shared;
}

/* The socket of proxy 0 decides the port if the system is to choose it.  What
 * cannot be had twice (a Unix socket, or one that systemd opened without
 * ReusePort=) is used by all. */
static int
open_one(struct address *address, int first)
{
	int fd = inherit_take(address);

	if (fd != -1)
		return fd;
	if (first != -1 && (address_is_unix(address) || !is_shared(first)))
		return dup(first);
	fd = net_listen(address, true);
	if (fd != -1 && first == -1 && !address_is_unix(address))
		net_local_address(fd, address);
	return fd;
}

static int *
listener_at(struct gateway *gateway, int proxy, int index)
{
	return &gateway->listeners[proxy * gateway->listener_count + index];
}

static void
open_address(struct gateway *gateway, int index, const char *file)
{
	struct address *address = &gateway->listen[index];
	int first = inherit_take(address);

	if (first == -1 && !is_ours_alone(address))
		fail(address, "listen", file);
	if (first == -1)
		first = open_one(address, -1);
	for (int proxy = 0; proxy < gateway->process_count - 1; proxy++) {
		int fd = proxy == 0 ? first : open_one(address, first);

		if (fd == -1)
			fail(address, "listen", file);
		*listener_at(gateway, proxy, index) = fd;
	}
}

/* More listeners for each proxy; those there are stay at their index. */
static void
widen(struct gateway *gateway, int wide)
{
	int narrow = gateway->listener_count;
	int proxies = gateway->process_count - 1;
	int *from = gateway->listeners;

	gateway->listener_count = wide;
	gateway->listeners = xcalloc(
	    (size_t)(wide * proxies), sizeof(*gateway->listeners));
	for (int i = 0; i < narrow * proxies; i++)
		*listener_at(gateway, i / narrow, i % narrow) = from[i];
	free(from);
}

/* When the gateway that this one replaces had more proxies, connections wait
 * in sockets that are left over: every proxy serves some of those as well. */
static void
open_left_over(struct gateway *gateway)
{
	int proxies = gateway->process_count - 1;
	int *sockets = NULL, count = 0, rows, fd;

	for (int i = 0; i < gateway->address_count; i++)
		while ((fd = inherit_take(&gateway->listen[i])) != -1) {
			sockets = xrealloc(
			    sockets, (size_t)(count + 1) * sizeof(*sockets));
			sockets[count++] = fd;
		}
	rows = (count + proxies - 1) / proxies;
	widen(gateway, gateway->listener_count + rows);
	for (int i = 0; i < rows * proxies; i++)
		*listener_at(gateway, i % proxies,
		    gateway->address_count +
			i / proxies) = i < count ? sockets[i]
						 : dup(sockets[i % count]);
	free(sockets);
}

static int
open_admin(struct gateway *gateway, const char *file)
{
	int fd;

	if (gateway->admin.len == 0)
		return -1;
	fd = inherit_take(&gateway->admin);
	if (fd == -1)
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
	int admin;

	gateway->listener_count = config->listen_count;
	gateway->address_count = config->listen_count;
	gateway->listen = xcalloc(addresses, sizeof(*gateway->listen));
	memcpy(gateway->listen, config->listen,
	    addresses * sizeof(*gateway->listen));
	gateway->listeners = xcalloc(
	    addresses * proxies, sizeof(*gateway->listeners));
	for (int i = 0; i < gateway->address_count; i++)
		open_address(gateway, i, config->file);
	open_left_over(gateway);
	gateway->admin = config->admin;
	admin = open_admin(gateway, config->file);
	inherit_end();
	return admin;
}

void
listeners_close(struct gateway *gateway, bool files_go)
{
	int sockets = (gateway->process_count - 1) * gateway->listener_count;

	for (int i = 0; files_go && i < gateway->address_count; i++)
		if (address_is_unix(&gateway->listen[i]))
			unlink(gateway->listen[i].un.sun_path);
	for (int i = 0; i < sockets; i++)
		close(gateway->listeners[i]);
}
