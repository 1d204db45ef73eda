/*
 * The rules for Host, Content-Length, Transfer-Encoding and Connection.
 * [data plane, control's health checks, lab]
 */
#include "fields.h"
#include "chars.h"
#include "target.h"

/* Each option is looked up among all fields. */
#define CONNECTION_OPTIONS_MAX 32

struct known {
	struct text name; /* in lower case */
	enum field_id id;
	bool hop_by_hop;
};

/* Sorted by length.  Proxy-Authenticate and Proxy-Authorization concern the
 * next proxy, which is this gateway. */
static const struct known known[] = {
    {TEXT("te"), FIELD_TE, true},
    {TEXT("via"), FIELD_VIA, false},
    {TEXT("host"), FIELD_HOST, false},
    {TEXT("expect"), FIELD_EXPECT, false},
    {TEXT("upgrade"), FIELD_UPGRADE, true},
    {TEXT("trailer"), FIELD_TRAILER, true},
    {TEXT("x-real-ip"), FIELD_X_REAL_IP, false},
    {TEXT("forwarded"), FIELD_FORWARDED, false},
    {TEXT("connection"), FIELD_CONNECTION, true},
    {TEXT("keep-alive"), FIELD_KEEP_ALIVE, true},
    {TEXT("x-request-id"), FIELD_X_REQUEST_ID, false},
    {TEXT("content-length"), FIELD_CONTENT_LENGTH, false},
    {TEXT("x-forwarded-for"), FIELD_X_FORWARDED_FOR, false},
    {TEXT("x-forwarded-host"), FIELD_X_FORWARDED_HOST, false},
    {TEXT("proxy-connection"), FIELD_PROXY_CONNECTION, true},
    {TEXT("x-forwarded-proto"), FIELD_X_FORWARDED_PROTO, false},
    {TEXT("transfer-encoding"), FIELD_TRANSFER_ENCODING, true},
    {TEXT("proxy-authenticate"), FIELD_PROXY_AUTHENTICATE, true},
    {TEXT("proxy-authorization"), FIELD_PROXY_AUTHORIZATION, true},
};

/* The first row of `known` with a name of this length or more. */
static const uint8_t first_of_length[] = {
    0, 0, 0, 1, 2, 3, 3, 4, 6, 6, 8, 10, 10, 11, 11, 12, 13, 15, 17, 18, 19};

#define LENGTH_MAX (sizeof(first_of_length) - 2)

/* Eight bytes, letters in lower case.  What else the bit turns into a letter or
 * a hyphen are controls, and no head has those. */
static inline uint64_t
lower_eight(const char *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
	return eight | 0x2020202020202020u;
}

static inline bool
is_lowercase_of(const char *lower, const char *name, size_t len)
{
	for (; len >= 8; len -= 8, lower += 8, name += 8)
		if (lower_eight(name) != lower_eight(lower))
			return false;
	while (len > 0 && (name[len - 1] | 0x20) == lower[len - 1])
		len--;
	return len == 0;
}

void
fields_identify(struct field *field, struct text name)
{
	field->id = FIELD_OTHER;
	field->hop_by_hop = false;
	if (name.len > LENGTH_MAX)
		return;
	for (unsigned i = first_of_length[name.len];
	     i < first_of_length[name.len + 1]; i++) {
		if (!is_lowercase_of(known[i].name.at, name.at, name.len))
			continue;
		field->id = known[i].id;
		field->hop_by_hop = known[i].hop_by_hop;
		return;
	}
}

/* The fields that framing and routing hang on. */
struct found {
	const struct field *host, *content_length, *transfer_encoding;
	const struct field *expect, *upgrade;
	unsigned hosts, content_lengths, transfer_encodings, upgrades;
	/* options of Connection */
	unsigned options;
	bool close, keep_alive, upgrade_named, names_fields;
};

/* Takes the next element of a comma-separated list; false at its end. */
static bool
list_next(struct text *list, struct text *element)
{
	while (list->len > 0 && strchr(" \t,", list->at[0]) != NULL) {
		list->at++;
		list->len--;
	}
	element->at = list->at;
	element->len = 0;
	while (element->len < list->len && list->at[element->len] != ',')
		element->len++;
	list->at += element->len;
	list->len -= element->len;
	while (element->len > 0 &&
	       strchr(" \t", element->at[element->len - 1]) != NULL)
		element->len--;
	return element->len > 0;
}

static void
read_connection(struct found *found, struct text list)
{
	struct text option;

	while (list_next(&list, &option)) {
		found->options++;
		if (text_is_nocase(option, TEXT("close")))
			found->close = true;
		else if (text_is_nocase(option, TEXT("keep-alive")))
			found->keep_alive = true;
		else if (text_is_nocase(option, TEXT("upgrade")))
			found->upgrade_named = true;
		else
			found->names_fields = true;
	}
}

static void
find_fields(const struct head *head, struct found *found)
{
	for (uint16_t i = 0; i < head->field_count; i++) {
		const struct field *field = &head->fields[i];

		switch (field->id) {
		case FIELD_HOST:
			found->host = field;
			found->hosts++;
			break;
		case FIELD_CONTENT_LENGTH:
			found->content_length = field;
			found->content_lengths++;
			break;
		case FIELD_TRANSFER_ENCODING:
			found->transfer_encoding = field;
			found->transfer_encodings++;
			break;
		case FIELD_UPGRADE:
			found->upgrade = field;
			found->upgrades++;
			break;
		case FIELD_EXPECT:
			found->expect = field;
			break;
		case FIELD_CONNECTION:
			read_connection(found, head_value(head, field));
			break;
		default:
			break;
		}
	}
}

/*
 * A field that Connection names is not passed on.  The gateway's own fields
 * are, whatever Connection says: a client in front of a careless proxy could
 * else strip the X-Forwarded-For that the proxy added, or the Host.
 */
static void
mark_named(struct head *head, struct text list)
{
	struct text option;

	while (list_next(&list, &option)) {
		for (uint16_t i = 0; i < head->field_count; i++) {
			struct field *field = &head->fields[i];
			struct text name = head_text(
			    head, field->name_at, field->name_len);

			if (field->id == FIELD_OTHER &&
			    text_is_nocase(name, option))
				field->hop_by_hop = true;
		}
	}
}

static void
mark_all_named(struct head *head)
{
	for (uint16_t i = 0; i < head->field_count; i++)
		if (head->fields[i].id == FIELD_CONNECTION)
			mark_named(head, head_value(head, &head->fields[i]));
}

/* Upgrade is passed on when it is offered as it must be, and not to HTTP/2 in
 * clear text: the requests in such a tunnel would go past the gateway. */
static bool
may_upgrade(const struct head *head, const struct found *found)
{
	struct text list, protocol;

	if (found->upgrades != 1 || !found->upgrade_named || head->minor == 0)
		return false;
	list = head_value(head, found->upgrade);
	if (list.len == 0)
		return false;
	while (list_next(&list, &protocol))
		if (protocol.len >= 3 &&
		    strncasecmp(protocol.at, "h2c", 3) == 0)
			return false;
	return true;
}

static bool
use_connection(
    struct head *head, const struct found *found, struct refusal *why)
{
	if (found->options > CONNECTION_OPTIONS_MAX)
		return refuse(why, 400, "too many options in Connection");
	head->keep_alive = !found->close &&
			   (head->minor == 1 || found->keep_alive);
	if (found->names_fields)
		mark_all_named(head);
	head->upgrade = may_upgrade(head, found);
	return true;
}

/* Digits only, and no more than a signed number holds: the next parser may use
 * one. */
static bool
parse_length(struct text digits, uint64_t *length)
{
	*length = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (!char_is(digits.at[i], CHAR_DIGIT) ||
		    *length > (INT64_MAX - 9) / 10)
			return false;
		*length = *length * 10 + (uint64_t)(digits.at[i] - '0');
	}
	return digits.len > 0;
}

static bool
use_content_length(
    struct head *head, const struct found *found, struct refusal *why)
{
	if (found->content_lengths == 0)
		return true;
	if (found->content_lengths > 1)
		return refuse(why, 400, "more than one Content-Length");
	if (!parse_length(
		head_value(head, found->content_length), &head->content_length))
		return refuse(why, 400, "bad Content-Length");
	head->has_content_length = true;
	if (head->content_length > 0)
		head->framing = FRAMING_LENGTH;
	return true;
}

static bool
use_transfer_encoding(
    struct head *head, const struct found *found, struct refusal *why)
{
	if (found->transfer_encodings == 0)
		return true;
	if (found->content_lengths > 0)
		return refuse(
		    why, 400, "Content-Length with Transfer-Encoding");
	if (head->minor == 0)
		return refuse(why, 400, "Transfer-Encoding in HTTP/1.0");
	if (found->transfer_encodings > 1)
		return refuse(why, 400, "more than one Transfer-Encoding");
	if (!text_is_nocase(
		head_value(head, found->transfer_encoding), TEXT("chunked")))
		return refuse(
		    why, 501, "Transfer-Encoding is not just chunked");
	head->framing = FRAMING_CHUNKED;
	return true;
}

static bool
read_common(struct head *head, struct found *found, struct refusal *why)
{
	head->framing = FRAMING_NONE;
	find_fields(head, found);
	return use_connection(head, found, why) &&
	       use_content_length(head, found, why) &&
	       use_transfer_encoding(head, found, why);
}

/* An empty Host is right where the target has no host (RFC 9112 3.2).  That of
 * an absolute target goes before the field. */
static bool
use_host(struct head *head, const struct found *found, struct refusal *why)
{
	struct text host;

	if (found->hosts > 1)
		return refuse(why, 400, "more than one Host");
	if (found->hosts == 0)
		return head->minor == 0 || refuse(why, 400, "missing Host");
	host = head_value(head, found->host);
	if (host.len > 0 && !target_is_host(host))
		return refuse(why, 400, "bad Host");
	if (head->host_len == 0) {
		head->host_at = found->host->value_at;
		head->host_len = found->host->value_len;
	}
	return true;
}

bool
fields_read_request(struct head *head, struct refusal *why)
{
	struct found found = {0};

	if (!read_common(head, &found, why) || !use_host(head, &found, why))
		return false;
	head->expects_continue = head->minor == 1 && found.expect != NULL &&
				 text_is_nocase(head_value(head, found.expect),
				     TEXT("100-continue"));
	return true;
}

/* RFC 9112 6.3, whatever the fields say. */
static bool
has_no_body(const struct head *head, enum method asked)
{
	return asked == METHOD_HEAD || head->status < 200 ||
	       head->status == 204 || head->status == 304;
}

bool
fields_read_response(struct head *head, enum method asked, struct refusal *why)
{
	struct found found = {0};

	if (!read_common(head, &found, why))
		return false;
	if (has_no_body(head, asked)) {
		/* A worker that frames what can have no body may send it. */
		if (head->framing != FRAMING_NONE && asked != METHOD_HEAD &&
		    head->status != 304)
			head->keep_alive = false;
		head->framing = FRAMING_NONE;
	} else if (found.content_lengths + found.transfer_encodings == 0) {
		head->framing = FRAMING_TO_CLOSE;
		head->keep_alive = false;
	}
	return true;
}
