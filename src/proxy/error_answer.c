/* The answer of the gateway itself.  [proxies] */
#include "error_answer.h"

#include <stdio.h>
#include "head.h"

/* What clients send as an id may be anything: no more of it than this. */
#define ID_MAX 256

/* As the inside of a JSON string; each byte becomes six at most. */
static size_t
escape(char *out, struct text text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len && i < ID_MAX; i++) {
		unsigned char c = text.at[i];

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
			out[len++] = c;
		else
			len += sprintf(out + len, "\\u%04x", c);
	}
	out[len] = '\0';
	return len;
}

/* HTTP/1.0 closes unless told otherwise. */
static const char *
connection(const struct error_answer *answer)
{
	if (!answer->keep)
		return "Connection: close\r\n";
	return answer->minor == 0 ? "Connection: keep-alive\r\n" : "";
}

size_t
error_answer_write(const struct error_answer *answer,
    char out[ERROR_ANSWER_MAX], size_t *body_len)
{
	char id[ID_MAX * 6 + 1], body[ERROR_ANSWER_MAX / 2];

	escape(id, answer->request_id);
	*body_len = snprintf(body, sizeof(body),
	    id[0] != '\0' ? "{\"error\": \"%s\", \"request_id\": \"%s\"}\n"
			  : "{\"error\": \"%s\"}\n",
	    answer->reason, id);
	return snprintf(out, ERROR_ANSWER_MAX,
	    "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n%s%s\r\n%s",
	    answer->status, status_reason(answer->status), *body_len,
	    answer->status == 503 ? "Retry-After: 1\r\n" : "",
	    connection(answer), answer->head_only ? "" : body);
}
