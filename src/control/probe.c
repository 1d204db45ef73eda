/*
 * One question to one worker.  [control]
 *
 *     connecting -> (TCP: well) -> asking -> answering -> well or not
 *
 * OpenLambda: GET /status is answered 200 with `ready` in the body.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "body.h"
#include "net.h"
#include "parser.h"
#include "xmalloc.h"

/* Of a body no more is looked at. */
#define BODY_MAX 4096
#define RETRY_US 20000

static const struct parser_limits limits = {
    .head_bytes = 16384, .headers = 100, .uri_bytes = 8192};

const char probe_unasked[] = "it was not asked";

struct probe {
	struct probe_question question;
	struct address address;
	probe_call *call;
	void *arg;
	int fd;
	int connect_error; /* at once; 0: none */
	struct event *event, *timer;
	struct parser *parser;
	struct body body;
	bool has_head;
	char text[BODY_MAX + 1];
	size_t len;
	char reason[128];
};

static void
probe_end(struct probe *probe, const char *failure)
{
	probe->call(probe->arg, failure);
}

static void
probe_fail(struct probe *probe, const char *what, int error)
{
	snprintf(probe->reason, sizeof(probe->reason), "%s: %s", what,
	    strerror(error));
	probe_end(probe, probe->reason);
}

/* --- the answer --- */

static void
judge(struct probe *probe)
{
	int status = parser_head(probe->parser)->status;
	int expected = probe->question.kind == HEALTH_OPENLAMBDA
			   ? 200
			   : probe->question.status;
	bool is_good = expected == 0 ? status < 400 : status == expected;

	if (!is_good) {
		snprintf(probe->reason, sizeof(probe->reason),
		    "%.80s was answered %d", probe->question.path, status);
		probe_end(probe, probe->reason);
		return;
	}
	probe->text[probe->len] = '\0';
	if (probe->question.kind == HEALTH_OPENLAMBDA &&
	    strstr(probe->text, "ready") == NULL)
		probe_end(probe, "/status does not say ready");
	else
		probe_end(probe, NULL);
}

/* Takes the head of the answer, and the interim answers before it, which say
 * nothing yet; true when it is there. */
static bool
take_head(struct probe *probe, char **data, size_t *len)
{
	const struct head *head = parser_head(probe->parser);
	size_t used;

	for (;;) {
		switch (parser_feed(probe->parser, *data, *len, &used)) {
		case PARSER_MORE:
			return false;
		case PARSER_FAILED:
			probe_end(probe, parser_reason(probe->parser));
			return false;
		case PARSER_HEAD:
			break;
		}
		*data += used;
		*len -= used;
		if (head->status >= 200 || head->status == 101)
			return true;
		parser_reset(probe->parser, PARSER_RESPONSE, &limits);
	}
}

static void
take(struct probe *probe, char *data, size_t len)
{
	size_t used;
	ssize_t n;

	if (!probe->has_head) {
		if (!take_head(probe, &data, &len))
			return;
		probe->has_head = true;
		if (probe->question.kind == HEALTH_HTTP) {
			judge(probe); /* whatever the body says */
			return;
		}
		body_start(&probe->body, parser_head(probe->parser));
	}
	n = body_decode(&probe->body, data, len, &used);
	if (n == -1) {
		probe_end(probe, body_reason(&probe->body));
		return;
	}
	if ((size_t)n > BODY_MAX - probe->len)
		n = BODY_MAX - probe->len;
	memcpy(probe->text + probe->len, data, n);
	probe->len += n;
	if (probe->body.done || probe->len == BODY_MAX)
		judge(probe);
}

static void
probe_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct probe *probe = arg;
	char data[4096];
	ssize_t n = read(fd, data, sizeof(data));

	(void)what;
	if (n > 0)
		take(probe, data, n);
	else if (n == 0 && probe->has_head && body_end(&probe->body))
		judge(probe);
	else if (n == 0)
		probe_end(probe, "it closed the connection unanswered");
	else if (errno != EAGAIN && errno != EINTR)
		probe_fail(probe, "reading the answer", errno);
}

/* --- the question --- */

static void
ask(struct probe *probe)
{
	char text[512];
	int len = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: picket-health\r\n"
	    "User-Agent: picket\r\nConnection: close\r\n\r\n",
	    probe->question.path);

	if (write(probe->fd, text, len) != len) {
		probe_fail(probe, "asking", errno);
		return;
	}
	probe->parser = parser_new(PARSER_RESPONSE, &limits);
	event_assign(probe->event, event_get_base(probe->event), probe->fd,
	    EV_READ | EV_PERSIST, probe_on_readable, probe);
	event_add(probe->event, NULL);
}

static void
probe_on_connected(evutil_socket_t fd, short what, void *arg)
{
	struct probe *probe = arg;
	int error = net_error(fd);

	(void)what;
	if (error != 0)
		probe_fail(probe, "cannot connect", error);
	else if (probe->question.kind == HEALTH_TCP)
		probe_end(probe, NULL);
	else
		ask(probe);
}

/* This machine is short of something: the worker was not even asked. */
static bool
is_our_want(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	       error == ENOMEM || error == EADDRNOTAVAIL;
}

static void
arm(struct event *timer, uint64_t us)
{
	struct timeval delay = {us / 1000000, us % 1000000};

	event_add(timer, &delay);
}

static void
probe_on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct probe *probe = arg;

	(void)fd;
	(void)what;
	if (probe->connect_error == 0) {
		snprintf(probe->reason, sizeof(probe->reason),
		    "no answer within %g s", probe->question.timeout_us / 1e6);
		probe_end(probe, probe->reason);
	} else if (is_our_want(probe->connect_error)) {
		probe_end(probe, probe_unasked);
	} else {
		probe_fail(probe, "cannot connect", probe->connect_error);
	}
}

static void probe_on_retry(evutil_socket_t, short, void *);

/* The full backlog of a Unix socket is told at once; that of a TCP socket is
 * tried again by the kernel, and so is this. */
static void
try_to_connect(struct probe *probe)
{
	struct event_base *base = event_get_base(probe->timer);

	probe->fd = net_connect(&probe->address);
	if (probe->fd != -1) {
		probe->event = event_new(
		    base, probe->fd, EV_WRITE, probe_on_connected, probe);
		event_add(probe->event, NULL);
	} else if (errno == EAGAIN) {
		probe->event = evtimer_new(base, probe_on_retry, probe);
		arm(probe->event, RETRY_US);
	} else {
		probe->connect_error = errno;
		arm(probe->timer, 0);
	}
}

static void
probe_on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct probe *probe = arg;

	(void)fd;
	(void)what;
	event_free(probe->event);
	probe->event = NULL;
	try_to_connect(probe);
}

struct probe *
probe_start(struct event_base *base, const struct address *address,
    const struct probe_question *question, probe_call *call, void *arg)
{
	struct probe *probe = xcalloc(1, sizeof(*probe));

	probe->question = *question;
	probe->address = *address;
	probe->call = call;
	probe->arg = arg;
	probe->timer = event_new(base, -1, 0, probe_on_timeout, probe);
	arm(probe->timer, question->timeout_us);
	try_to_connect(probe);
	return probe;
}

void
probe_free(struct probe *probe)
{
	if (probe == NULL)
		return;
	if (probe->event != NULL)
		event_free(probe->event);
	event_free(probe->timer);
	if (probe->fd != -1)
		close(probe->fd);
	parser_free(probe->parser);
	free(probe);
}
