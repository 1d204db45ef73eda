/* Workers as commands left them, written and read.  [supervisor] */
#include "carry_over.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"
#include "membership.h"

/* --- writing --- */

static const struct listed_worker *
find_listed(const struct generation *generation, const char *url)
{
	for (int i = 0; i < generation_worker_count(generation); i++)
		if (strcmp(generation_worker(generation, i)->url, url) == 0)
			return generation_worker(generation, i);
	return NULL;
}

static void
write_worker(FILE *file, struct worker_table *table, int slot,
    const struct generation *generation)
{
	const struct worker *worker = worker_at(table, slot);
	const struct worker_identity *identity = worker_identity(table, slot);
	const struct listed_worker *listed = find_listed(
	    generation, identity->url);

	fprintf(file,
	    "url=%s\tname=%s\thost=%s\tport=%d\tcapacity=%d\tweight=%.17g\t"
	    "draining=%d",
	    identity->url, identity->name, identity->host, identity->port,
	    worker->capacity, identity->weight, worker->draining != 0);
	if (identity->from_config && listed != NULL)
		fprintf(file, "\tlisted=%.17g", listed->weight);
	fputc('\n', file);
}

int
carry_over_write(
    struct worker_table *table, const struct generation *generation)
{
	int fd = memfd_create("picket workers", MFD_CLOEXEC);
	FILE *file = fd != -1 ? fdopen(dup(fd), "w") : NULL;

	if (file == NULL) {
		log_error("cannot pass the workers on: %m");
		if (fd != -1)
			close(fd);
		return -1;
	}
	for (int slot = 0; slot < worker_max(table); slot++)
		if (membership_is_member(worker_at(table, slot)))
			write_worker(file, table, slot, generation);
	fclose(file);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* --- reading --- */

struct carried {
	struct listed_worker worker;
	double listed; /* its weight then; 0: it was added */
	bool draining;
};

static void
take_text(char *text, size_t size, const char *value)
{
	snprintf(text, size, "%s", value);
}

static void
take_field(struct carried *carried, const char *key, const char *value)
{
	struct listed_worker *worker = &carried->worker;

	if (strcmp(key, "url") == 0)
		take_text(worker->url, sizeof(worker->url), value);
	else if (strcmp(key, "name") == 0)
		take_text(worker->name, sizeof(worker->name), value);
	else if (strcmp(key, "host") == 0)
		take_text(worker->host, sizeof(worker->host), value);
	else if (strcmp(key, "port") == 0)
		worker->port = atoi(value);
	else if (strcmp(key, "capacity") == 0)
		worker->capacity = atoi(value);
	else if (strcmp(key, "weight") == 0)
		worker->weight = strtod(value, NULL);
	else if (strcmp(key, "listed") == 0)
		carried->listed = strtod(value, NULL);
	else if (strcmp(key, "draining") == 0)
		carried->draining = atoi(value) != 0;
}

/* False when what every worker has is missing. */
static bool
read_line(char *line, struct carried *carried)
{
	const struct listed_worker *worker = &carried->worker;
	char *field, *value;

	*carried = (struct carried){.listed = 0};
	while ((field = strsep(&line, "\t\n")) != NULL) {
		value = strchr(field, '=');
		if (value == NULL)
			continue;
		*value++ = '\0';
		take_field(carried, field, value);
	}
	return worker->url[0] != '\0' && worker->name[0] != '\0' &&
	       worker->host[0] != '\0' && worker->capacity > 0 &&
	       worker->weight > 0;
}

/* True when the worker is in the table now because it was added. */
static bool
add(struct worker_table *table, const struct carried *carried)
{
	const struct listed_worker *worker = &carried->worker;
	bool is_taken = worker_find(table, worker->name) != -1;

	if (carried->listed != 0)
		return false;
	if (!is_taken && membership_add(table, worker, false) != -1)
		return true;
	log_warn("worker \"%s\" with the url %s, which was added by command, "
		 "is left out: %s",
	    worker->name, worker->url,
	    is_taken ? "its name is another worker's in the configuration"
		     : "limits.workers leaves no room for it");
	return false;
}

static bool
weigh(struct worker_table *table, int slot, const struct carried *carried)
{
	double now = worker_identity(table, slot)->weight;

	if (now != carried->listed || now == carried->worker.weight)
		return false;
	worker_set_weight(table, slot, carried->worker.weight);
	return true;
}

struct tally {
	int added, drained, weighed;
};

static void
apply(struct worker_table *table, const struct carried *carried,
    struct tally *tally)
{
	int slot = worker_find(table, carried->worker.url);

	if (slot == -1) {
		if (!add(table, carried))
			return;
		tally->added++;
		slot = worker_find(table, carried->worker.url);
	} else {
		tally->weighed += weigh(table, slot, carried);
	}
	worker_at(table, slot)->draining = carried->draining;
	tally->drained += carried->draining;
}

void
carry_over_read(int fd, struct worker_table *table)
{
	FILE *file = fd != -1 ? fdopen(fd, "r") : NULL;
	struct tally tally = {0};
	struct carried carried;
	char *line = NULL;
	size_t size = 0;

	if (file == NULL)
		return;
	while (getline(&line, &size, file) != -1)
		if (read_line(line, &carried))
			apply(table, &carried, &tally);
	free(line);
	fclose(file);
	if (tally.added + tally.drained + tally.weighed > 0)
		log_info("from the gateway before this one: %d workers that "
			 "were added, %d that drain, %d of another weight",
		    tally.added, tally.drained, tally.weighed);
}
