/*
 * A head as it is passed on: made anew from its parts, never copied whole.
 * [data plane, control's health checks, lab]
 *
 * A field is never longer than it came (one space after the colon, or none
 * where there was none), so what is added is all that needs room.
 */
#include "head.h"

/* Everything that the writers add, longest forms, other than texts of the
 * rewrite: the version, Host and X-Forwarded-Host (a host is at most 260
 * bytes), the other X-Forwarded names, framing, Upgrade, Via. */
_Static_assert(
    HEAD_WRITE_EXTRA >= 260 + 24 + 8 + 20 + 27 + 20 + 43 + 21 + 17 + HEAD_SLACK,
    "what the gateway adds to a head, and what put_own() writes beyond");

static inline char *
put(char *out, const char *data, size_t len)
{
	memcpy(out, data, len);
	return out + len;
}

/* The length of a literal is known, so this is a store or two. */
#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

static inline char *
put_text(char *out, struct text text)
{
	return put(out, text.at, text.len);
}

/* What lies in a head: by the block, up to 15 bytes beyond its end, which
 * costs less than to call memcpy() for a few. */
static inline char *
put_own(char *out, struct text text)
{
	for (size_t at = 0; at < text.len; at += HEAD_SLACK)
		memcpy(out + at, text.at + at, HEAD_SLACK);
	return out + text.len;
}

/* "Name: value", and the end of the line. */
static inline char *
put_field(char *out, const struct head *head, const struct field *field)
{
	struct text name = head_text(head, field->name_at, field->name_len + 1);
	struct text value = head_value(head, field);

	if (value.at == name.at + name.len + 1 && value.at[-1] == ' ') {
		name.len += 1 + value.len; /* as it came */
		return PUT(put_own(out, name), "\r\n");
	}
	out = put_own(out, name); /* with its colon */
	if (value.at > name.at + name.len)
		*out++ = ' ';
	return PUT(put_own(out, value), "\r\n");
}

static char *
put_number(char *out, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return put(out, digits + at, sizeof(digits) - at);
}

static char *
put_content_length(char *out, uint64_t length)
{
	out = PUT(out, "Content-Length: ");
	out = put_number(out, length);
	return PUT(out, "\r\n");
}

static char *
put_upgrade(char *out, const struct head *head)
{
	const struct field *field = head_find_id(head, FIELD_UPGRADE);

	if (field == NULL)
		return out;
	out = PUT(out, "Connection: upgrade\r\n");
	return put_field(out, head, field);
}

static char *
put_via(char *out, const struct head *head)
{
	return head->minor == 1 ? PUT(out, "Via: 1.1 picket\r\n")
				: PUT(out, "Via: 1.0 picket\r\n");
}

/* The end-to-end fields but those that are written in another way. */
static char *
put_request_fields(
    char *out, const struct head *head, const struct rewrite *rewrite)
{
	for (uint16_t i = 0; i < head->field_count; i++) {
		const struct field *field = &head->fields[i];

		if (field->hop_by_hop)
			continue;
		switch (field->id) {
		case FIELD_HOST:
		case FIELD_CONTENT_LENGTH:
		case FIELD_X_FORWARDED_FOR:
			continue;
		case FIELD_EXPECT:
			/* HTTP/1.0 has no 100 (RFC 9110 10.1.1). */
			if (rewrite->drop_expect || head->minor == 0)
				continue;
			break;
		case FIELD_X_REQUEST_ID:
			if (rewrite->request_id.len > 0)
				continue;
			break;
		default:
			break;
		}
		out = put_field(out, head, field);
	}
	return out;
}

/* The addresses that came, each with a comma behind it. */
static char *
put_addresses(char *out, const struct head *head)
{
	if (!head_has(head, FIELD_X_FORWARDED_FOR))
		return out;
	for (uint16_t i = 0; i < head->field_count; i++) {
		if (head->fields[i].id != FIELD_X_FORWARDED_FOR ||
		    head->fields[i].value_len == 0)
			continue;
		out = put_own(out, head_value(head, &head->fields[i]));
		out = PUT(out, ", ");
	}
	return out;
}

/* All in one field, and the client's last. */
static char *
put_forwarded_for(char *out, const struct head *head, struct text client)
{
	char *start = out, *first;

	first = PUT(out, "X-Forwarded-For: ");
	out = put_addresses(first, head);
	if (client.len > 0)
		out = put_text(out, client);
	else if (out > first)
		out -= 2;
	else
		return start;
	return PUT(out, "\r\n");
}

/*
 * The address is appended, as every proxy does; who trusts the first of them
 * trusts the client.  Proto and Host stay as they came, because a proxy in
 * front that ends TLS knows them and we do not.
 */
static char *
put_forwarded(char *out, const struct head *head, const struct rewrite *rewrite)
{
	out = put_forwarded_for(out, head, rewrite->client);
	if (!head_has(head, FIELD_X_FORWARDED_PROTO))
		out = PUT(out, "X-Forwarded-Proto: http\r\n");
	if (!head_has(head, FIELD_X_FORWARDED_HOST) && head->host_len > 0) {
		out = PUT(out, "X-Forwarded-Host: ");
		out = put_own(out, head_host(head));
		out = PUT(out, "\r\n");
	}
	return out;
}

static char *
put_request_framing(
    char *out, const struct head *head, const struct rewrite *rewrite)
{
	if (rewrite->framing == FRAMING_CHUNKED)
		return PUT(out, "Transfer-Encoding: chunked\r\n");
	if (rewrite->framing == FRAMING_LENGTH)
		return put_content_length(out, rewrite->content_length);
	/* A POST without a body says so. */
	if (head->has_content_length)
		return PUT(out, "Content-Length: 0\r\n");
	return out;
}

/* The most that can come of this head; its target makes way for another. */
static size_t
longest(const struct head *head, const struct rewrite *rewrite)
{
	return (size_t)head->len - head->path_len - head->query_len +
	       rewrite->path.len + rewrite->query.len + rewrite->client.len +
	       rewrite->host.len + rewrite->request_id.len + HEAD_WRITE_EXTRA;
}

size_t
head_write_request(const struct head *head, const struct rewrite *rewrite,
    char *buffer, size_t size)
{
	char *out = buffer;

	if (size < longest(head, rewrite))
		return 0;
	out = put_own(out, head_method(head));
	*out++ = ' ';
	out = put_text(out, rewrite->path);
	out = put_text(out, rewrite->query);
	out = PUT(out, " HTTP/1.1\r\nHost: ");
	if (head->host_len > 0)
		out = put_own(out, head_host(head));
	else if (rewrite->host.len > 0)
		out = put_text(out, rewrite->host);
	out = PUT(out, "\r\n");
	out = put_request_fields(out, head, rewrite);
	out = put_request_framing(out, head, rewrite);
	out = put_forwarded(out, head, rewrite);
	if (rewrite->request_id.len > 0) {
		out = PUT(out, "X-Request-Id: ");
		out = put_text(out, rewrite->request_id);
		out = PUT(out, "\r\n");
	}
	if (rewrite->upgrade)
		out = put_upgrade(out, head);
	out = put_via(out, head);
	out = PUT(out, "\r\n");
	return (size_t)(out - buffer);
}

static char *
put_status_line(char *out, const struct head *head)
{
	const char *reason;

	out = PUT(out, "HTTP/1.1 ");
	*out++ = (char)('0' + head->status / 100);
	*out++ = (char)('0' + head->status / 10 % 10);
	*out++ = (char)('0' + head->status % 10);
	*out++ = ' ';
	if (head->reason_len > 0) {
		out = put_own(
		    out, head_text(head, head->reason_at, head->reason_len));
	} else {
		reason = status_reason(head->status);
		out = put(out, reason, strlen(reason));
	}
	return PUT(out, "\r\n");
}

static char *
put_response_framing(
    char *out, const struct head *head, const struct rewrite *rewrite)
{
	switch (rewrite->framing) {
	case FRAMING_CHUNKED:
		return PUT(out, "Transfer-Encoding: chunked\r\n");
	case FRAMING_LENGTH:
		return put_content_length(out, rewrite->content_length);
	case FRAMING_NONE:
		/* RFC 9110 8.6: neither 1xx nor 204 may name a length. */
		if (!head->has_content_length || head->status < 200 ||
		    head->status == 204)
			return out;
		if (rewrite->keep_content_length || head->content_length == 0)
			return put_content_length(out, head->content_length);
		return out;
	default: /* FRAMING_TO_CLOSE */
		return out;
	}
}

static char *
put_connection(
    char *out, const struct head *head, const struct rewrite *rewrite)
{
	if (rewrite->upgrade)
		return put_upgrade(out, head);
	if (!rewrite->keep_alive)
		return PUT(out, "Connection: close\r\n");
	if (rewrite->minor == 0)
		return PUT(out, "Connection: keep-alive\r\n");
	return out;
}

size_t
head_write_response(const struct head *head, const struct rewrite *rewrite,
    char *buffer, size_t size)
{
	char *out = buffer;

	if (size < longest(head, rewrite))
		return 0;
	out = put_status_line(out, head);
	for (uint16_t i = 0; i < head->field_count; i++) {
		const struct field *field = &head->fields[i];

		if (!field->hop_by_hop && field->id != FIELD_CONTENT_LENGTH)
			out = put_field(out, head, field);
	}
	out = put_response_framing(out, head, rewrite);
	if (head->status >= 200 || rewrite->upgrade)
		out = put_connection(out, head, rewrite);
	if (head->status >= 200)
		out = put_via(out, head);
	out = PUT(out, "\r\n");
	return (size_t)(out - buffer);
}
