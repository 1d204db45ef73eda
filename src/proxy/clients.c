/* All the clients of one proxy: opening, expiring, draining.  [proxies] */
#include "client_internal.h"

#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "xmalloc.h"

/* A client that still sends when it is closed would lose its answer to a
 * reset (RFC 9112 9.6): it is read from for this long.  And this long a client
 * that has just come may take for its first request when all are to go. */
#define LINGER_US 2000000
#define UNDER_WAY_US 200000
/* An answer that takes longer is worth a closer look at who waits for it: a
 * reset right behind a request was not told of. */
#define LOOK_AFTER_US 50000

struct clients *
clients_new(struct loop *loop, const struct client_calls *calls, void *context)
{
	struct clients *clients = xcalloc(1, sizeof(*clients));

	clients->loop = loop;
	clients->calls = calls;
	clients->context = context;
	for (int i = 0; i < CLIENT_STATES; i++)
		list_init(&clients->by_state[i]);
	return clients;
}

static void
client_free(struct client *client)
{
	list_remove(&client->link);
	client_give_parser(client);
	free(client->ahead);
	free(client);
}

void
clients_free(struct clients *clients)
{
	struct client *client;

	if (clients == NULL)
		return;
	for (int i = 0; i < CLIENT_STATES; i++) {
		list_each (client, &clients->by_state[i], link) {
			stream_close(&client->stream);
			client_free(client);
		}
	}
	free(clients);
}

void
clients_configure(struct clients *clients, const struct config *config)
{
	clients->limits.head_bytes = config->limits.head_bytes;
	clients->limits.headers = config->limits.headers;
	clients->limits.uri_bytes = config->limits.uri_bytes;
	clients->head_us = config->timeouts_us.head;
	clients->idle_us = config->timeouts_us.idle;
	clients->flush_us = config->timeouts_us.between_bytes;
}

int
clients_count(const struct clients *clients)
{
	return clients->count;
}

/* The oldest client of a state that has been in it for too long. */
static struct client *
clients_late(
    struct clients *clients, enum client_state state, uint64_t limit_us)
{
	struct client *client = list_first(
	    &clients->by_state[state], struct client, link);

	if (client == NULL || clock_now_us() - client->since_us < limit_us)
		return NULL;
	return client;
}

/* The same, for those who wait until it sends something: unless it has. */
static struct client *
clients_silent(
    struct clients *clients, enum client_state state, uint64_t limit_us)
{
	struct client *client;

	while ((client = clients_late(clients, state, limit_us)) != NULL &&
	       stream_has_news(&client->stream))
		client_enter(client, state);
	return client;
}

/* A slow reader may take its time, one that takes nothing may not. */
static void
client_flush_late(struct client *client)
{
	size_t backlog = stream_backlog(&client->stream);

	if (backlog == client->backlog) {
		client_die(client);
		return;
	}
	client->backlog = backlog;
	client_enter(client, CLIENT_FLUSH);
}

/* While draining nobody is idle for long; but a first request may be under way,
 * and so may the next one of whoever was not told that none may follow. */
static void
clients_end_idle(struct clients *clients)
{
	struct client *client;

	list_each (client, &clients->by_state[CLIENT_IDLE], link) {
		uint64_t limit_us = client->served ? UNDER_WAY_US : LINGER_US;

		if (clock_now_us() - client->since_us >= limit_us &&
		    !stream_has_news(&client->stream))
			client_die(client);
	}
}

/* One that waits for an answer may leave meanwhile. */
static void
client_look_after(struct client *client)
{
	if (clock_now_us() - client->since_us >= LOOK_AFTER_US)
		stream_doubt(&client->stream);
	if (!client->stream.reading && !client->tunnel &&
	    stream_peer_left(&client->stream))
		client_leave(client);
}

void
clients_expire(struct clients *clients)
{
	struct client *client;

	while (
	    (client = clients_silent(clients, CLIENT_HEAD, clients->head_us)))
		client_refuse(client, 408, "the head took too long");
	while (
	    (client = clients_silent(clients, CLIENT_IDLE, clients->idle_us)))
		client_die(client);
	if (clients->draining)
		clients_end_idle(clients);
	while ((client = clients_late(clients, CLIENT_LINGER, LINGER_US)))
		client_die(client);
	while (
	    (client = clients_late(clients, CLIENT_FLUSH, clients->flush_us)))
		client_flush_late(client);
	list_each (client, &clients->by_state[CLIENT_BUSY], link)
		client_look_after(client);
}

void
clients_drain(struct clients *clients)
{
	clients->draining = true;
	clients_end_idle(clients);
}

void
clients_sweep(struct clients *clients)
{
	struct client *client;

	list_each (client, &clients->by_state[CLIENT_DEAD], link)
		client_free(client);
}

void
client_open(struct clients *clients, int fd, const struct address *peer)
{
	struct client *client = xcalloc(1, sizeof(*client));
	char host[ADDRESS_TEXT];

	client->clients = clients;
	address_host(peer, host);
	client->peer_len = (uint8_t)strnlen(host, sizeof(client->peer));
	memcpy(client->peer, host, client->peer_len);
	link_init(&client->link);
	stream_open(&client->stream, clients->loop, fd, &client_stream_calls);
	client_enter(client, CLIENT_IDLE);
	clients->count++;
	clients->loop->counters->connections_accepted++;
	clients->loop->counters->connections_open++;
}
