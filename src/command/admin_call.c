/* One request to the admin address of a running gateway.  [command] */
#include "admin_call.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "address.h"
#include "body.h"
#include "clock.h"
#include "net.h"
#include "parser.h"
#include "xmalloc.h"

struct call {
	int fd;
	uint64_t until_us;
	struct parser *parser;
	struct body body;
	bool has_head;
	char *answer;
	size_t len;
};

/* False when time ran out. */
static bool
await(const struct call *call, short what)
{
	struct pollfd p = {.fd = call->fd, .events = what};
	uint64_t now_us = clock_read_us();

	return now_us < call->until_us &&
	       poll(&p, 1, (call->until_us - now_us) / 1000 + 1) == 1;
}

static const char *
send_all(struct call *call, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n;

		if (!await(call, POLLOUT))
			return "it does not answer";
		n = write(call->fd, text, len);
		if (n == -1 && errno != EAGAIN)
			return strerror(errno);
		if (n > 0) {
			text += n;
			len -= n;
		}
	}
	return NULL;
}

/* Takes bytes as they come; NULL while all is well. */
static const char *
take(struct call *call, char *data, size_t len)
{
	size_t used;
	ssize_t n;

	if (!call->has_head) {
		switch (parser_feed(call->parser, data, len, &used)) {
		case PARSER_MORE:
			return NULL;
		case PARSER_FAILED:
			return parser_reason(call->parser);
		case PARSER_HEAD:
			break;
		}
		call->has_head = true;
		body_start(&call->body, parser_head(call->parser));
		data += used;
		len -= used;
	}
	n = body_decode(&call->body, data, len, &used);
	if (n == -1)
		return body_reason(&call->body);
	call->answer = xrealloc(call->answer, call->len + n + 1);
	memcpy(call->answer + call->len, data, n);
	call->len += n;
	call->answer[call->len] = '\0';
	return NULL;
}

static const char *
receive(struct call *call)
{
	char bytes[16384];
	const char *reason;

	while (!call->has_head || !call->body.done) {
		ssize_t n;

		if (!await(call, POLLIN))
			return "it does not answer";
		n = read(call->fd, bytes, sizeof(bytes));
		if (n == -1 && errno == EAGAIN)
			continue;
		if (n == -1)
			return strerror(errno);
		if (n == 0)
			return call->has_head && body_end(&call->body)
				   ? NULL
				   : "it closed the connection";
		reason = take(call, bytes, n);
		if (reason != NULL)
			return reason;
	}
	return NULL;
}

static const char *
converse(struct call *call, const char *token, const char *method,
    const char *path, const char *body)
{
	const struct parser_limits limits = {
	    .head_bytes = 32768, .headers = 100, .uri_bytes = 8192};
	bool has_token = token[0] != '\0';
	char *request = xasprintf("%s %s HTTP/1.1\r\nHost: picket\r\n"
				  "%s%s%s"
				  "Content-Type: application/json\r\n"
				  "Content-Length: %zu\r\n"
				  "Connection: close\r\n\r\n%s",
	    method, path, has_token ? "Authorization: Bearer " : "", token,
	    has_token ? "\r\n" : "", strlen(body), body);
	const char *reason = send_all(call, request, strlen(request));

	free(request);
	if (reason != NULL)
		return reason;
	call->parser = parser_new(PARSER_RESPONSE, &limits);
	parser_expect(call->parser, METHOD_GET);
	return receive(call);
}

int
admin_call(const char *address, const char *token, const char *method,
    const char *path, const char *body, int timeout_s, char **answer)
{
	struct call call = {
	    .until_us = clock_read_us() + timeout_s * 1000000ull,
	    .answer = xstrdup(""),
	};
	struct address to;
	const char *reason;
	int status = -1;

	if (address_parse(&to, address, &reason)) {
		call.fd = net_connect(&to);
		reason = call.fd == -1
			     ? strerror(errno)
			     : converse(&call, token, method, path, body);
		if (call.fd != -1)
			close(call.fd);
	}
	if (reason == NULL)
		status = parser_head(call.parser)->status;
	*answer = status == -1 ? xasprintf("no gateway answers at %s: %s",
				     address, reason)
			       : xstrdup(call.answer);
	free(call.answer);
	parser_free(call.parser);
	return status;
}
