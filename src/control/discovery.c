/* Where workers are.  [control] */
#include "discovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/dns.h>
#include <event2/util.h>
#include "clock.h"
#include "health.h"
#include "log.h"
#include "membership.h"
#include "xmalloc.h"

/* A name that has no address yet is looked up again this soon. */
#define AGAIN_US 1000000

struct entry {            /* by slot */
	uint32_t version; /* of the row that was last looked up */
	bool is_asked;    /* an answer is to come */
	uint64_t asked_us;
};

struct discovery {
	struct control *control;
	struct worker_table *table;
	struct evdns_base *dns;
	char servers[256];
	uint64_t interval_us;
	struct event *timer;
	struct entry *entries;
};

struct lookup {
	struct discovery *discovery; /* NULL: it is gone */
	int slot;
	uint32_t version;
};

static bool
is_name(const struct worker_identity *identity)
{
	struct address address;

	return !membership_numeric(identity, &address);
}

/* The address that was used before if it is still there, so that nothing moves
 * without need; else the first IPv4 address, else the first. */
static const struct evutil_addrinfo *
choose(const struct evutil_addrinfo *list, const struct address *before)
{
	const struct evutil_addrinfo *info;

	for (info = list; info != NULL; info = info->ai_next)
		if (info->ai_addrlen == before->len &&
		    memcmp(info->ai_addr, &before->any, before->len) == 0)
			return info;
	for (info = list; info != NULL; info = info->ai_next)
		if (info->ai_family == AF_INET)
			return info;
	return list;
}

static void
take_address(struct discovery *d, int slot, const struct evutil_addrinfo *list)
{
	struct worker_identity *identity = worker_identity(d->table, slot);
	const struct evutil_addrinfo *info = choose(list, &identity->address);
	struct address address = {0};
	char text[ADDRESS_TEXT];

	memcpy(&address.any, info->ai_addr, info->ai_addrlen);
	address.len = info->ai_addrlen;
	if (address_equal(&address, &identity->address))
		return;
	address_text(&address, text);
	log_info("worker %s: %s is %s", identity->name, identity->host, text);
	worker_set_address(d->table, slot, &address);
	control_changed(d->control);
	health_on_address(d->control->health, slot);
}

static void
miss_address(struct discovery *d, int slot, const char *reason)
{
	struct worker_identity *identity = worker_identity(d->table, slot);
	char text[WORKER_REASON];

	snprintf(text, sizeof(text), "cannot look up %.60s: %s", identity->host,
	    reason);
	if (identity->address.len != 0)
		log_warn("worker %s: %s", identity->name, text);
	else
		health_on_no_address(d->control->health, slot, text);
}

static void
discovery_on_answer(int result, struct evutil_addrinfo *list, void *arg)
{
	struct lookup *lookup = arg;
	struct discovery *d = lookup->discovery;
	int slot = lookup->slot;
	uint32_t version = lookup->version;

	free(lookup);
	if (result != EVUTIL_EAI_CANCEL) {
		d->entries[slot].is_asked = false;
		if (worker_at(d->table, slot)->version == version &&
		    membership_is_member(worker_at(d->table, slot))) {
			if (result == 0 && list != NULL)
				take_address(d, slot, list);
			else
				miss_address(
				    d, slot, evutil_gai_strerror(result));
		}
	}
	if (list != NULL)
		evutil_freeaddrinfo(list);
}

static void
ask(struct discovery *d, int slot)
{
	struct worker_identity *identity = worker_identity(d->table, slot);
	struct evutil_addrinfo hints = {.ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_protocol = IPPROTO_TCP};
	struct lookup *lookup = xcalloc(1, sizeof(*lookup));
	struct entry *entry = &d->entries[slot];
	char port[16];

	lookup->discovery = d;
	lookup->slot = slot;
	lookup->version = worker_at(d->table, slot)->version;
	entry->version = lookup->version;
	entry->is_asked = true;
	entry->asked_us = clock_now_us();
	snprintf(port, sizeof(port), "%d", identity->port);
	evdns_getaddrinfo(
	    d->dns, identity->host, port, &hints, discovery_on_answer, lookup);
}

static bool
is_due(const struct discovery *d, int slot)
{
	const struct worker *worker = worker_at(d->table, slot);
	const struct worker_identity *identity = worker_identity(
	    d->table, slot);
	const struct entry *entry = &d->entries[slot];
	uint64_t wait_us = identity->address.len == 0 ? AGAIN_US
						      : d->interval_us;

	if (!membership_is_member(worker) || !is_name(identity))
		return false;
	if (entry->version != worker->version)
		return true;
	return !entry->is_asked && clock_now_us() - entry->asked_us >= wait_us;
}

void
discovery_look(struct discovery *d)
{
	for (int slot = 0; slot < worker_max(d->table); slot++)
		if (is_due(d, slot))
			ask(d, slot);
}

static void
discovery_on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	discovery_look(arg);
}

static struct evdns_base *
open_dns(struct event_base *base, const char *servers)
{
	char list[256], *rest = list, *server;
	struct evdns_base *dns;
	bool is_given = servers[0] != '\0';

	dns = evdns_base_new(
	    base, EVDNS_BASE_DISABLE_WHEN_INACTIVE |
		      (is_given ? 0 : EVDNS_BASE_INITIALIZE_NAMESERVERS));
	if (dns == NULL) /* no /etc/resolv.conf: /etc/hosts is left */
		dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (dns == NULL)
		fatal("cannot look up names");
	if (is_given)
		evdns_base_load_hosts(dns, "/etc/hosts");
	evdns_base_set_option(dns, "randomize-case", "0");
	snprintf(list, sizeof(list), "%s", servers);
	while ((server = strsep(&rest, " ")) != NULL)
		if (server[0] != '\0' &&
		    evdns_base_nameserver_ip_add(dns, server) != 0)
			log_warn("cannot use the DNS server %s", server);
	return dns;
}

struct discovery *
discovery_new(struct control *control)
{
	struct discovery *d = xcalloc(1, sizeof(*d));
	struct timeval second = {.tv_sec = 1};

	d->control = control;
	d->table = control->table;
	d->entries = xcalloc((size_t)worker_max(d->table), sizeof(*d->entries));
	d->timer = event_new(
	    control->base, -1, EV_PERSIST, discovery_on_timer, d);
	event_add(d->timer, &second);
	return d;
}

void
discovery_configure(struct discovery *d, const struct config *config)
{
	d->interval_us = config->dns.interval_us;
	if (d->dns != NULL && strcmp(d->servers, config->dns.servers) == 0)
		return;
	snprintf(d->servers, sizeof(d->servers), "%s", config->dns.servers);
	if (d->dns != NULL)
		evdns_base_free(d->dns, 1);
	d->dns = open_dns(d->control->base, d->servers);
}

void
discovery_free(struct discovery *d)
{
	if (d == NULL)
		return;
	if (d->dns != NULL)
		evdns_base_free(d->dns, 0);
	event_free(d->timer);
	free(d->entries);
	free(d);
}
