/* Heads of HTTP messages.  [benchmark] */
#include "message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *
line_end(const char *at, const char *end)
{
	return memchr(at, '\n', end - at);
}

bool
message_scan(struct message *message, const char *text, size_t len)
{
	static const char name[] = "content-length:";
	const char *end = memmem(text, len, "\r\n\r\n", 4);
	const char *line = text;

	if (end == NULL)
		return false;
	message->head_len = end + 4 - text;
	message->body_len = 0;
	message->status = len > 12 ? atoi(text + 9) : 0; /* "HTTP/1.1 200" */
	while (line < end) {
		if (strncasecmp(line, name, sizeof(name) - 1) == 0)
			message->body_len = strtoull(
			    line + sizeof(name) - 1, NULL, 10);
		line = line_end(line, end + 4) + 1;
	}
	return true;
}
