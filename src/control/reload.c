/* Reloads: a new generation everywhere, or nowhere.  [control] */
#include "reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bearer.h"
#include "clock.h"
#include "list.h"
#include "loader.h"
#include "log.h"
#include "membership.h"
#include "worker.h"
#include "xmalloc.h"

/* Proxies load a policy in milliseconds; one that does not answer in this time
 * stands still. */
#define PREPARE_US 10000000
#define LOOK_US 2000 /* between two looks at who has swapped */

enum reload_state {
	RELOAD_IDLE,
	RELOAD_LOADING,
	RELOAD_PREPARING,
	RELOAD_SWAPPING,
};

/* Whoever was there is waited for, even if it dies: the supervisor refuses in
 * its place. */
enum answer { ANSWER_NOT_ASKED, ANSWER_AWAITED, ANSWER_PREPARED };

struct asker {
	struct link link;
	reload_call *call;
	void *arg;
};

struct reload {
	struct event_base *base;
	struct gateway *gateway;
	int channel;
	void (*on_swap)(void *arg, struct generation *);
	void *arg;
	enum reload_state state;
	struct list askers; /* of the reload under way */
	struct list next;   /* of the one after it */
	struct loader *loader;
	struct event *loaded, *timer;
	uint64_t until_us;
	struct generation *generation; /* the new one */
	uint32_t number;
	enum answer *answers;              /* by proxy */
	char warnings[LOADER_ERROR + 512]; /* a line each */
};

#define NO_SUPERVISOR                                                          \
	"the supervisor is gone; without it nothing can be reloaded"

static void reload_begin(struct reload *);

/* For the service manager. */
static void
tell(struct reload *reload, enum message_type type, const char *text)
{
	struct message message = {.type = (int32_t)type};

	snprintf(message.text, sizeof(message.text), "%s", text);
	channel_send(reload->channel, &message, -1);
}

/* --- the end --- */

static void
reload_end(struct reload *reload, bool ok, const char *text)
{
	struct list askers;
	struct asker *asker;

	list_init(&askers);
	while ((asker = list_first(&reload->askers, struct asker, link)))
		list_move(&asker->link, &askers);
	reload->state = RELOAD_IDLE;
	tell(reload, MESSAGE_RELOADED, ok ? "" : text);
	event_del(reload->timer);
	list_each (asker, &askers, link) {
		if (asker->call != NULL)
			asker->call(asker->arg, ok, text);
		free(asker);
	}
	while ((asker = list_first(&reload->next, struct asker, link)))
		list_move(&asker->link, &reload->askers);
	if (!list_is_empty(&reload->askers))
		reload_begin(reload);
}

static void
reload_fail(struct reload *reload, const char *text)
{
	log_lines(LOG_ERROR, "reload refused, nothing changed: ", text);
	generation_close(reload->generation);
	reload->generation = NULL;
	reload_end(reload, false, text);
}

static void
abort_prepared(struct reload *reload, const char *text)
{
	struct message message = {
	    .type = MESSAGE_ABORT, .generation = reload->number};

	channel_send(reload->channel, &message, -1);
	reload_fail(reload, text);
}

/* --- swapping --- */

static void
arm(struct reload *reload, uint64_t us)
{
	struct timeval tv = {us / 1000000, us % 1000000};

	event_add(reload->timer, &tv);
}

static bool
all_have_swapped(const struct reload *reload)
{
	const struct gateway *gateway = reload->gateway;

	for (int i = 1; i < gateway->process_count; i++)
		if (gateway->processes[i].state == PROCESS_RUNNING &&
		    gateway->processes[i].generation != reload->number)
			return false;
	return true;
}

static void
warn(struct reload *reload, const char *before, const char *text)
{
	size_t used = strlen(reload->warnings);

	if (text[0] == '\0')
		return;
	if (used > 0)
		reload->warnings[used++] = '\n';
	snprintf(reload->warnings + used, sizeof(reload->warnings) - used,
	    "%s%s", before, text);
}

static void
list_changed(char list[256], bool is_changed, const char *option)
{
	if (!is_changed)
		return;
	if (list[0] != '\0')
		strcat(list, ", ");
	strcat(list, option);
}

/* What the operator changed that only a start reads. */
static void
note_unread(struct reload *reload)
{
	const struct config *now = reload->gateway->config;
	const struct config *then = generation_config(reload->generation);
	char list[256] = "";

	list_changed(list,
	    memcmp(now->listen, then->listen, sizeof(now->listen)) != 0,
	    "listen");
	list_changed(
	    list, !address_equal(&now->admin, &then->admin), "admin.listen");
	list_changed(list, now->processes != then->processes, "processes");
	list_changed(list, strcmp(now->user, then->user) != 0, "user");
	list_changed(list, now->sandbox != then->sandbox, "sandbox");
	list_changed(list, now->limits.workers != then->limits.workers,
	    "limits.workers");
	if (list[0] == '\0')
		return;
	strcat(list, "; \"picket upgrade\" makes a start");
	warn(reload, "changed, and read by a start only: ", list);
}

/* The supervisor has made what it may make; what cannot be written now would be
 * a log that is silently off. */
static bool
has_its_logs(const struct config *config, char error[LOADER_ERROR])
{
	const char *paths[] = {config->log.file,
	    config->log.access != ACCESS_OFF ? config->log.access_file : ""};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (paths[i][0] == '\0' || log_is_writable(paths[i]))
			continue;
		snprintf(error, LOADER_ERROR, "%s: cannot write the log %s: %m",
		    config->file, paths[i]);
		return false;
	}
	return true;
}

/* Two workers of one name could not be told apart. */
static bool
has_its_names(const struct reload *reload, char error[LOADER_ERROR])
{
	struct worker_table *table = reload->gateway->workers;
	const struct listed_worker *listed;
	int slot = membership_namesake(table, reload->generation, &listed);

	if (slot == -1)
		return true;
	snprintf(error, LOADER_ERROR,
	    "%s: the worker \"%s\" has the url %s here, but one of that name "
	    "with the url %s was added by command; give this one another name, "
	    "or take the other away with \"picket workers remove %s\"",
	    generation_config(reload->generation)->file, listed->name,
	    listed->url, worker_identity(table, slot)->url, listed->name);
	return false;
}

/* Is the new generation, good as it is, one for this gateway?  Asked again
 * before the swap, as commands add workers meanwhile. */
static bool
suits(const struct reload *reload, char error[LOADER_ERROR])
{
	const struct gateway *gateway = reload->gateway;
	const struct config *config = generation_config(reload->generation);

	if (!membership_fits(gateway->workers, reload->generation)) {
		snprintf(error, LOADER_ERROR,
		    "there are more workers than limits.workers had room for "
		    "at the start, those added by command and those removed "
		    "that still have requests included");
		return false;
	}
	if (gateway->admin.len != 0 &&
	    !bearer_is_enough(config->admin_token, &gateway->admin)) {
		snprintf(error, LOADER_ERROR,
		    "admin has no token any more, but is where others can "
		    "reach it until the gateway starts again");
		return false;
	}
	return has_its_names(reload, error);
}

void
reload_finish(struct gateway *gateway, const struct generation *generation)
{
	struct membership_change change;

	if (worker_generation(gateway->workers) == gateway->generation)
		return;
	membership_apply(gateway->workers, generation, &change);
	worker_set_generation(gateway->workers, gateway->generation);
	log_info("generation %u: policy %s, workers: %d (%d added, %d removed, "
		 "%d changed)",
	    gateway->generation, generation_config(generation)->policy_name,
	    membership_count(gateway->workers), change.added, change.removed,
	    change.changed);
}

static void
reload_swap(struct reload *reload)
{
	struct message message = {
	    .type = MESSAGE_SWAP, .generation = reload->number};
	struct gateway *gateway = reload->gateway;
	struct generation *generation = reload->generation;
	char error[LOADER_ERROR];

	if (!suits(reload, error) ||
	    !has_its_logs(generation_config(generation), error)) {
		abort_prepared(reload, error);
		return;
	}
	if (!channel_send(reload->channel, &message, -1)) {
		abort_prepared(reload, NO_SUPERVISOR);
		return;
	}
	note_unread(reload);
	gateway->generation = reload->number;
	gateway->processes[0].generation = reload->number;
	reload_finish(gateway, generation);
	log_lines(LOG_WARN, "", reload->warnings);
	reload->generation = NULL;
	reload->on_swap(reload->arg, generation);
	reload->state = RELOAD_SWAPPING;
	reload->until_us = clock_now_us() + PREPARE_US;
	arm(reload, LOOK_US);
}

/* --- preparing --- */

/* A proxy that was dead starts with what is current then; one that has started
 * meanwhile was asked as well. */
static bool
all_are_prepared(struct reload *reload)
{
	const struct gateway *gateway = reload->gateway;
	bool all = true;

	for (int i = 1; i < gateway->process_count; i++) {
		enum answer *answer = &reload->answers[i];

		if (*answer == ANSWER_NOT_ASKED &&
		    gateway->processes[i].pid != 0)
			*answer = ANSWER_AWAITED;
		all = all && *answer != ANSWER_AWAITED;
	}
	return all;
}

static void
reload_prepare(struct reload *reload, int fd)
{
	struct message message = {.type = MESSAGE_PREPARE};
	struct gateway *gateway = reload->gateway;

	reload->number = gateway->generation + 1;
	message.generation = reload->number;
	for (int i = 1; i < gateway->process_count; i++)
		reload->answers[i] = ANSWER_NOT_ASKED;
	all_are_prepared(reload); /* who is there now is asked */
	if (!channel_send(reload->channel, &message, fd)) {
		reload_fail(reload, NO_SUPERVISOR);
		return;
	}
	reload->state = RELOAD_PREPARING;
	reload->until_us = clock_now_us() + PREPARE_US;
	arm(reload, LOOK_US);
}

void
reload_hear(struct reload *reload, const struct message *message)
{
	if (reload->state != RELOAD_PREPARING ||
	    message->generation != reload->number)
		return;
	reload->answers[message->process] = ANSWER_PREPARED;
	if (message->type == MESSAGE_REFUSED)
		abort_prepared(reload, message->text);
	else if (all_are_prepared(reload))
		reload_swap(reload);
}

static void
reload_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct reload *reload = arg;
	bool is_late = clock_now_us() >= reload->until_us;

	(void)fd;
	(void)what;
	if (reload->state == RELOAD_SWAPPING) {
		if (all_have_swapped(reload) || is_late)
			reload_end(reload, true, reload->warnings);
		else
			arm(reload, LOOK_US);
	} else if (reload->state == RELOAD_PREPARING) {
		if (all_are_prepared(reload))
			reload_swap(reload);
		else if (is_late)
			abort_prepared(
			    reload, "a proxy did not answer in time");
		else
			arm(reload, LOOK_US);
	}
}

/* --- loading --- */

static void
reload_on_loaded(evutil_socket_t event_fd, short what, void *arg)
{
	struct reload *reload = arg;
	char report[LOADER_ERROR];
	const char *reason;
	int fd;

	(void)event_fd;
	(void)what;
	event_free(reload->loaded);
	reload->loaded = NULL;
	fd = loader_finish(reload->loader, report);
	reload->loader = NULL;
	if (fd == -1) {
		reload_fail(reload, report);
		return;
	}
	warn(reload, "", report);
	reload->generation = generation_open(fd, &reason);
	if (reload->generation == NULL)
		reload_fail(reload, reason);
	else if (!suits(reload, report))
		reload_fail(reload, report);
	else
		reload_prepare(reload, fd);
	close(fd);
}

static void
reload_begin(struct reload *reload)
{
	reload->warnings[0] = '\0';
	reload->state = RELOAD_LOADING;
	tell(reload, MESSAGE_RELOADING, "");
	reload->loader = loader_start(reload->gateway->config_path);
	if (reload->loader == NULL) {
		reload_fail(reload, "cannot start a process to load it in");
		return;
	}
	reload->loaded = event_new(reload->base, loader_fd(reload->loader),
	    EV_READ, reload_on_loaded, reload);
	event_add(reload->loaded, NULL);
}

void
reload_ask(struct reload *reload, reload_call *call, void *arg)
{
	struct asker *asker = xcalloc(1, sizeof(*asker));
	bool is_idle = reload->state == RELOAD_IDLE;

	asker->call = call;
	asker->arg = arg;
	link_init(&asker->link);
	list_append(is_idle ? &reload->askers : &reload->next, &asker->link);
	if (is_idle)
		reload_begin(reload);
}

struct reload *
reload_new(struct event_base *base, struct gateway *gateway, int channel,
    void (*on_swap)(void *arg, struct generation *), void *arg)
{
	struct reload *reload = xcalloc(1, sizeof(*reload));

	reload->base = base;
	reload->gateway = gateway;
	reload->channel = channel;
	reload->on_swap = on_swap;
	reload->arg = arg;
	list_init(&reload->askers);
	list_init(&reload->next);
	reload->timer = event_new(base, -1, 0, reload_on_timer, reload);
	reload->answers = xcalloc(
	    gateway->process_count, sizeof(*reload->answers));
	return reload;
}

void
reload_free(struct reload *reload)
{
	struct asker *asker;

	if (reload == NULL)
		return;
	while ((asker = list_first(&reload->next, struct asker, link)))
		list_move(&asker->link, &reload->askers);
	if (reload->state != RELOAD_IDLE)
		reload_end(reload, false, "the gateway stops");
	if (reload->loader != NULL)
		loader_abandon(reload->loader);
	if (reload->loaded != NULL)
		event_free(reload->loaded);
	event_free(reload->timer);
	generation_close(reload->generation);
	free(reload->answers);
	free(reload);
}
