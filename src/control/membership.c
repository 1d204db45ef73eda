/* Who is a worker.  [control; the supervisor before the first fork] */
#include "membership.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xmalloc.h"

bool
membership_is_member(const struct worker *worker)
{
	return worker->state != WORKER_FREE && worker->state != WORKER_REMOVED;
}

int
membership_count(struct worker_table *table)
{
	int count = 0;

	for (int slot = 0; slot < worker_max(table); slot++)
		if (membership_is_member(worker_at(table, slot)))
			count++;
	return count;
}

bool
membership_numeric(
    const struct worker_identity *identity, struct address *address)
{
	const char *reason;
	char text[WORKER_URL + 16];

	if (identity->port == 0)
		snprintf(text, sizeof(text), "unix:%s", identity->host);
	else if (strchr(identity->host, ':') != NULL)
		snprintf(text, sizeof(text), "[%s]:%d", identity->host,
		    identity->port);
	else
		snprintf(text, sizeof(text), "%s:%d", identity->host,
		    identity->port);
	return address_parse(address, text, &reason);
}

int
membership_add(struct worker_table *table, const struct listed_worker *listed,
    bool from_config)
{
	struct address address;
	int slot = worker_add(table, listed->name, listed->url, listed->host,
	    listed->port, listed->weight, listed->capacity, from_config);

	if (slot != -1 &&
	    membership_numeric(worker_identity(table, slot), &address))
		worker_set_address(table, slot, &address);
	return slot;
}

/* True when something about the worker is different now. */
static bool
update(struct worker_table *table, int slot, const struct listed_worker *listed)
{
	struct worker *worker = worker_at(table, slot);
	struct worker_identity *identity = worker_identity(table, slot);
	bool same = identity->weight == listed->weight &&
		    worker->capacity == listed->capacity &&
		    strcmp(identity->name, listed->name) == 0;

	worker_set_weight(table, slot, listed->weight);
	worker->capacity = listed->capacity;
	if (strcmp(identity->name, listed->name) != 0)
		snprintf(
		    identity->name, sizeof(identity->name), "%s", listed->name);
	identity->from_config = true;
	return !same;
}

/* Marks the rows that the generation lists; returns how many it lacks. */
static int
mark_listed(struct worker_table *table, const struct generation *generation,
    bool *is_listed)
{
	int fresh = 0;

	for (int i = 0; i < generation_worker_count(generation); i++) {
		int slot = worker_find_row(
		    table, generation_worker(generation, i)->url);

		if (slot == -1)
			fresh++;
		else
			is_listed[slot] = true;
	}
	return fresh;
}

bool
membership_fits(struct worker_table *table, const struct generation *generation)
{
	bool *is_listed = xcalloc(
	    (size_t)worker_max(table), sizeof(*is_listed));
	int fresh = mark_listed(table, generation, is_listed);
	int room = 0;

	for (int slot = 0; slot < worker_max(table); slot++)
		if (worker_at(table, slot)->state == WORKER_FREE)
			room++;
	free(is_listed);
	return fresh <= room;
}

/* Who has this worker's name in the list; NULL when it is listed itself. */
static const struct listed_worker *
listed_namesake(
    const struct generation *generation, const char *name, const char *url)
{
	const struct listed_worker *namesake = NULL;

	for (int i = 0; i < generation_worker_count(generation); i++) {
		const struct listed_worker *listed = generation_worker(
		    generation, i);

		if (strcmp(listed->url, url) == 0)
			return NULL;
		if (strcmp(listed->name, name) == 0)
			namesake = listed;
	}
	return namesake;
}

int
membership_namesake(struct worker_table *table,
    const struct generation *generation, const struct listed_worker **listed)
{
	for (int slot = 0; slot < worker_max(table); slot++) {
		const struct worker_identity *identity = worker_identity(
		    table, slot);

		if (!membership_is_member(worker_at(table, slot)) ||
		    identity->from_config)
			continue;
		*listed = listed_namesake(
		    generation, identity->name, identity->url);
		if (*listed != NULL)
			return slot;
	}
	return -1;
}

static int
remove_unlisted(struct worker_table *table, const bool *is_listed)
{
	int removed = 0;

	for (int slot = 0; slot < worker_max(table); slot++) {
		if (is_listed[slot] ||
		    !membership_is_member(worker_at(table, slot)) ||
		    !worker_identity(table, slot)->from_config)
			continue;
		worker_remove(table, slot);
		removed++;
	}
	return removed;
}

void
membership_apply(struct worker_table *table,
    const struct generation *generation, struct membership_change *change)
{
	bool *is_listed = xcalloc(
	    (size_t)worker_max(table), sizeof(*is_listed));
	struct membership_change made = {0};

	mark_listed(table, generation, is_listed);
	made.removed = remove_unlisted(table, is_listed);
	for (int i = 0; i < generation_worker_count(generation); i++) {
		const struct listed_worker *listed = generation_worker(
		    generation, i);
		int slot = worker_find_row(table, listed->url);

		if (slot != -1 && membership_is_member(worker_at(table, slot)))
			made.changed += update(table, slot, listed);
		else if (membership_add(table, listed, true) != -1)
			made.added++;
	}
	free(is_listed);
	if (change != NULL)
		*change = made;
}
