/* Passing messages on, each by its direction.  [supervisor] */
#include "hub.h"

#include <stdio.h>
#include <unistd.h>

#include "generation.h"
#include "log.h"
#include "log_files.h"
#include "notify.h"
#include "upgrade.h"

static void
replace(int *fd, int by)
{
	if (*fd != -1)
		close(*fd);
	*fd = by;
}

/* The logs that a generation names; who cannot write them will refuse it. */
static void
prepare_logs(int file)
{
	const char *reason;
	struct generation *generation = generation_open(file, &reason);
	char error[LOG_FILES_ERROR];

	if (generation != NULL &&
	    !log_files_prepare(generation_config(generation), error))
		log_error("%s", error);
	generation_close(generation);
}

/* Processes that start from now on get this generation. */
static void
make_current(struct supervisor *s)
{
	const char *reason;
	struct generation *generation = generation_open(s->pending, &reason);

	replace(&s->generation, s->pending);
	s->pending = -1;
	s->gateway->generation = s->pending_number;
	if (generation == NULL)
		return;
	hub_follow(s, generation_config(generation));
	generation_close(generation);
}

/* Returns true for a stop.  Takes the descriptor. */
static bool
from_control(struct supervisor *s, const struct message *message, int fd)
{
	switch ((enum message_type)message->type) {
	case MESSAGE_PREPARE:
		replace(&s->pending, fd);
		s->pending_number = message->generation;
		prepare_logs(fd);
		children_tell_proxies(s, message, fd);
		return false;
	case MESSAGE_SWAP:
		if (s->pending == -1 ||
		    message->generation != s->pending_number)
			break;
		make_current(s);
		children_tell_proxies(s, message, -1);
		break;
	case MESSAGE_ABORT:
		replace(&s->pending, -1);
		children_tell_proxies(s, message, -1);
		break;
	case MESSAGE_MEMBERSHIP:
		children_tell_proxies(s, message, -1);
		break;
	case MESSAGE_RELOADING:
		s->pending_number = 0;
		notify_reloading();
		break;
	case MESSAGE_RELOADED:
		notify_reloaded(message->text[0] ? message->text : NULL);
		break;
	case MESSAGE_UPGRADE:
		upgrade_begin(s);
		break;
	case MESSAGE_STOP:
		return !s->is_stopping;
	default:
		log_warn("control sent message %d", message->type);
	}
	replace(&fd, -1);
	return false;
}

static void
from_proxy(struct supervisor *s, struct message *message, int row, int fd)
{
	replace(&fd, -1);
	message->process = row;
	if (message->type == MESSAGE_PREPARED ||
	    message->type == MESSAGE_REFUSED)
		children_tell_control(s, message);
	else
		log_warn("proxy/%d sent message %d", row - 1, message->type);
}

bool
hub_read(struct supervisor *s, int row)
{
	struct message message;
	bool stop = false;
	int fd, got = 0;

	while (s->children[row].channel != -1 &&
	       (got = channel_receive(
		    s->children[row].channel, &message, &fd)) == 1) {
		if (row == 0)
			stop |= from_control(s, &message, fd);
		else
			from_proxy(s, &message, row, fd);
	}
	/* It has closed its end and will be reaped. */
	if (got == -1)
		replace(&s->children[row].channel, -1);
	return stop;
}

bool
hub_reap(struct supervisor *s, uint64_t now_us)
{
	bool stop = false;
	int row, status;

	while ((row = children_next_dead(s, &status)) != -1) {
		stop |= hub_read(s, row);
		children_bury(s, row, status, now_us);
	}
	return stop;
}

void
hub_follow(struct supervisor *s, const struct config *config)
{
	s->drain_us = config->timeouts_us.drain;
	log_set_level((enum log_level)config->log.level);
	snprintf(s->log_file, sizeof(s->log_file), "%s", config->log.file);
	log_to_file(s->log_file[0] != '\0' ? s->log_file : NULL);
}

void
hub_reopen(struct supervisor *s)
{
	struct message reopen = {.type = MESSAGE_REOPEN};

	prepare_logs(s->generation);
	log_to_file(s->log_file[0] != '\0' ? s->log_file : NULL);
	children_tell_proxies(s, &reopen, -1);
	children_tell_control(s, &reopen);
}
