/*
 * A proxy process: its loop, its listeners, and what the supervisor tells it.
 * [proxies]
 */
#include "proxy.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "channel.h"
#include "clock.h"
#include "descriptors.h"
#include "log.h"
#include "net.h"
#include "request.h"
#include "stream.h"
#include "watchdog.h"
#include "xmalloc.h"

/* Accepted in one turn; the rest is there in the next. */
#define ACCEPT_MAX 64
/* The longest time between two looks at what is late. */
#define TICK_MAX_US 100000
#define TICK_MIN_US 2000

struct proxy {
	struct gateway *gateway;
	struct process *row;
	struct loop *loop;
	struct requests *requests;
	struct epoch *current;  /* borrowed: the requests hold it */
	struct epoch *prepared; /* NULL: nothing is */
	struct event **listeners;
	struct event *channel_event, *wake_event, *tick, *policy_tick;
	struct event *term_event;
	int number, channel;
	int connections_max; /* of this proxy */
	bool accepting;
	uint64_t drain_until_us; /* 0: not draining */
	bool done;
};

static uint64_t
random_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) == -1)
		seed = clock_read_us() * 0x9e3779b97f4a7c15;
	return seed;
}

static struct event *
proxy_event(struct proxy *proxy, int fd, short what, event_callback_fn call)
{
	struct event *event = event_new(
	    proxy->loop->base, fd, what, call, proxy);

	if (event == NULL)
		fatal("cannot make an event");
	return event;
}

/* --- accepting --- */

static void
proxy_set_accepting(struct proxy *proxy, bool accepting)
{
	if (accepting == proxy->accepting)
		return;
	proxy->accepting = accepting;
	for (int i = 0; i < proxy->gateway->listener_count; i++) {
		if (accepting)
			event_add(proxy->listeners[i], NULL);
		else
			event_del(proxy->listeners[i]);
	}
}

/* At the limit connections wait in the socket's queue. */
static void
proxy_bound_connections(struct proxy *proxy)
{
	proxy_set_accepting(proxy, proxy->drain_until_us == 0 &&
				       requests_client_count(proxy->requests) <
					   proxy->connections_max);
}

static void
proxy_on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *proxy = arg;
	struct address peer;

	(void)what;
	for (int i = 0; i < ACCEPT_MAX; i++) {
		int client;

		if (requests_client_count(proxy->requests) >=
		    proxy->connections_max) {
			proxy_set_accepting(proxy, false); /* until the tick */
			return;
		}
		client = net_accept(fd, &peer);
		if (client != -1) {
			requests_accept(proxy->requests, client, &peer);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			proxy_set_accepting(proxy, false); /* until the tick */
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

/* --- generations --- */

static void
proxy_configure(struct proxy *proxy, struct epoch *epoch)
{
	const struct config *config = epoch->config;
	uint64_t tick_us = policy_tick_us(epoch->policy);
	struct timeval tv = {tick_us / 1000000, tick_us % 1000000};

	proxy->current = epoch;
	proxy->connections_max = descriptors_clients(proxy->gateway, config);
	log_set_level(config->log.level);
	requests_swap(proxy->requests, epoch);
	if (tick_us > 0)
		event_add(proxy->policy_tick, &tv);
	else
		event_del(proxy->policy_tick);
}

static struct epoch *
proxy_load(struct proxy *proxy, int fd, uint32_t number, char *error,
    size_t error_size)
{
	return epoch_new(fd, number, proxy->gateway->workers, request_header,
	    request_answer_header, random_seed(), error, error_size);
}

static void
proxy_prepare(struct proxy *proxy, const struct message *message, int fd)
{
	struct message answer = {
	    .type = MESSAGE_PREPARED, .generation = message->generation};

	epoch_release(proxy->prepared);
	proxy->prepared = proxy_load(
	    proxy, fd, message->generation, answer.text, sizeof(answer.text));
	if (proxy->prepared == NULL)
		answer.type = MESSAGE_REFUSED;
	channel_send(proxy->channel, &answer, -1);
}

/* One that started too late for its refusal to count gives way to a process
 * that begins with this generation. */
static void
proxy_swap(struct proxy *proxy, const struct message *message)
{
	struct epoch *epoch = proxy->prepared;

	if (epoch == NULL || epoch->number != message->generation)
		fatal("generation %u is the current one, and was refused here",
		    message->generation);
	proxy->prepared = NULL;
	proxy_configure(proxy, epoch);
}

/* --- what the supervisor says --- */

static void
proxy_drain(struct proxy *proxy)
{
	if (proxy->drain_until_us != 0)
		return;
	proxy->drain_until_us = clock_now_us() +
				proxy->current->config->timeouts_us.drain;
	/* those who are at the door may still come in */
	for (int i = 0; i < proxy->gateway->listener_count; i++)
		proxy_on_accept(event_get_fd(proxy->listeners[i]), 0, proxy);
	proxy_set_accepting(proxy, false);
	for (int i = 0; i < proxy->gateway->listener_count; i++)
		close(event_get_fd(proxy->listeners[i]));
	requests_drain(proxy->requests);
}

static void
proxy_hear(struct proxy *proxy, const struct message *message, int fd)
{
	switch (message->type) {
	case MESSAGE_PREPARE:
		proxy_prepare(proxy, message, fd);
		return;
	case MESSAGE_SWAP:
		proxy_swap(proxy, message);
		break;
	case MESSAGE_ABORT:
		epoch_release(proxy->prepared);
		proxy->prepared = NULL;
		break;
	case MESSAGE_REOPEN:
		log_to_file(proxy->current->config->log.file[0] != '\0'
				? proxy->current->config->log.file
				: NULL);
		requests_reopen_log(proxy->requests);
		break;
	case MESSAGE_DRAIN:
		proxy_drain(proxy);
		break;
	default:
		break; /* MEMBERSHIP: waking up is enough */
	}
	if (fd != -1)
		close(fd);
}

static void
proxy_on_message(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *proxy = arg;
	struct message message;
	int passed, result;

	(void)what;
	stream_send_posted(proxy->loop); /* a policy may be loaded now */
	while ((result = channel_receive(fd, &message, &passed)) == 1)
		proxy_hear(proxy, &message, passed);
	if (result == -1) {
		log_warn("the supervisor is gone; serving on until SIGTERM");
		event_del(proxy->channel_event);
		event_add(proxy->term_event, NULL);
	}
}

/* While there is a supervisor, it says when to drain. */
static void
proxy_on_term(evutil_socket_t signal_number, short what, void *arg)
{
	(void)signal_number;
	(void)what;
	proxy_drain(arg);
}

static void
proxy_on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *proxy = arg;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) == sizeof(count))
		requests_wake(proxy->requests);
}

/* --- the clock --- */

/* Short timeouts are looked at more often. */
static uint64_t
tick_us(const struct config *config)
{
	const uint64_t *timeouts = (const uint64_t *)&config->timeouts_us;
	size_t count = sizeof(config->timeouts_us) / sizeof(*timeouts);
	uint64_t us = TICK_MAX_US;

	for (size_t i = 0; i < count; i++)
		if (timeouts[i] / 10 < us)
			us = timeouts[i] / 10;
	return us < TICK_MIN_US ? TICK_MIN_US : us;
}

static void
proxy_arm_tick(struct proxy *proxy)
{
	uint64_t us = tick_us(proxy->current->config);
	struct timeval tv = {us / 1000000, us % 1000000};

	event_add(proxy->tick, &tv);
}

static void
proxy_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *proxy = arg;

	(void)fd;
	(void)what;
	proxy->row->heartbeat_us = clock_now_us();
	stream_send_posted(proxy->loop);
	requests_expire(proxy->requests);
	proxy_bound_connections(proxy);
	if (proxy->drain_until_us != 0 &&
	    (requests_client_count(proxy->requests) == 0 ||
		clock_now_us() >= proxy->drain_until_us))
		proxy->done = true;
	proxy_arm_tick(proxy);
}

static void
proxy_on_policy_tick(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *proxy = arg;

	(void)fd;
	(void)what;
	requests_tick_policy(proxy->requests);
}

/* --- its life --- */

static void
proxy_open(struct proxy *proxy, int generation)
{
	struct gateway *gateway = proxy->gateway;
	int *listeners = gateway->listeners +
			 proxy->number * gateway->listener_count;
	char error[MESSAGE_TEXT];
	struct epoch *epoch = proxy_load(
	    proxy, generation, proxy->row->generation, error, sizeof(error));

	if (epoch == NULL)
		fatal("cannot load generation %u: %s", proxy->row->generation,
		    error);
	proxy->channel_event = proxy_event(
	    proxy, proxy->channel, EV_READ | EV_PERSIST, proxy_on_message);
	proxy->wake_event = proxy_event(proxy, gateway->wake[proxy->number],
	    EV_READ | EV_PERSIST, proxy_on_wake);
	proxy->term_event = proxy_event(
	    proxy, SIGTERM, EV_SIGNAL, proxy_on_term);
	proxy->tick = proxy_event(proxy, -1, 0, proxy_on_tick);
	proxy->policy_tick = proxy_event(
	    proxy, -1, EV_PERSIST, proxy_on_policy_tick);
	proxy->listeners = xcalloc(
	    gateway->listener_count, sizeof(*proxy->listeners));
	for (int i = 0; i < gateway->listener_count; i++)
		proxy->listeners[i] = proxy_event(
		    proxy, listeners[i], EV_READ | EV_PERSIST, proxy_on_accept);
	event_add(proxy->channel_event, NULL);
	event_add(proxy->wake_event, NULL);
	proxy_configure(proxy, epoch);
	proxy_arm_tick(proxy);
	proxy_set_accepting(proxy, true);
}

static void
proxy_close(struct proxy *proxy)
{
	requests_free(proxy->requests);
	epoch_release(proxy->prepared);
	for (int i = 0; i < proxy->gateway->listener_count; i++)
		event_free(proxy->listeners[i]);
	free(proxy->listeners);
	event_free(proxy->channel_event);
	event_free(proxy->wake_event);
	event_free(proxy->term_event);
	event_free(proxy->tick);
	event_free(proxy->policy_tick);
	loop_free(proxy->loop);
}

int
proxy_run(struct gateway *gateway, int number, int channel, int generation)
{
	struct process *row = &gateway->processes[1 + number];
	struct proxy proxy = {
	    .gateway = gateway,
	    .row = row,
	    .number = number,
	    .channel = channel,
	};

	signal(SIGPIPE, SIG_IGN);
	watchdog_count_in(&row->policy_calls);
	clock_turn();
	row->heartbeat_us = clock_now_us();
	proxy.loop = loop_new(&row->counters);
	proxy.requests = requests_new(proxy.loop, gateway, number);
	proxy_open(&proxy, generation);
	while (!proxy.done) {
		clock_turn();
		event_base_loop(proxy.loop->base, EVLOOP_ONCE);
		requests_finish_turn(proxy.requests);
	}
	proxy_close(&proxy);
	return 0;
}
