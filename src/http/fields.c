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

/* No two known names have the same row: the compiler would say so. */
#define ROWS 64
#define ROW(len, letter) (((len) + (unsigned char)(letter)) % ROWS)
#define KNOWN(letter, name, id, hop_by_hop)                                    \
	[ROW(sizeof(name) - 1, letter)] = {TEXT(name), id, hop_by_hop}

/* Proxy-Authenticate and Proxy-Authorization concern the next proxy, which is
 * this gateway. */
static const struct known known[ROWS] = {
    KNOWN('c', "connection", FIELD_CONNECTION, true),
    KNOWN('c', "content-length", FIELD_CONTENT_LENGTH, false),
    KNOWN('e', "expect", FIELD_EXPECT, false),
    KNOWN('f', "forwarded", FIELD_FORWARDED, false),
    KNOWN('h', "host", FIELD_HOST, false),
    KNOWN('k', "keep-alive", FIELD_KEEP_ALIVE, true),
    KNOWN('p', "proxy-authenticate", FIELD_PROXY_AUTHENTICATE, true),
    KNOWN('p', "proxy-authorization", FIELD_PROXY_AUTHORIZATION, true),
    KNOWN('p', "proxy-connection", FIELD_PROXY_CONNECTION, true),
    KNOWN('t', "te", FIELD_TE, true),
    KNOWN('t', "trailer", FIELD_TRAILER, true),
    KNOWN('t', "transfer-encoding", FIELD_TRANSFER_ENCODING, true),
    KNOWN('u', "upgrade", FIELD_UPGRADE, true),
    KNOWN('v', "via", FIELD_VIA, false),
    KNOWN('x', "x-forwarded-for", FIELD_X_FORWARDED_FOR, false),
    KNOWN('x', "x-forwarded-host", FIELD_X_FORWARDED_HOST, false),
    KNOWN('x', "x-forwarded-proto", FIELD_X_FORWARDED_PROTO, false),
    KNOWN('x', "x-picket-utilization", FIELD_X_PICKET_UTILIZATION, false),
    KNOWN('x', "x-real-ip", FIELD_X_REAL_IP, false),
    KNOWN('x', "x-request-id", FIELD_X_REQUEST_ID, false),
};

/* Eight or four bytes, letters in lower case.  What else the bit turns into a
 * letter or a hyphen are controls, and no head has those. */
static inline uint64_t
lower_eight(const char *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
	return eight | 0x2020202020202020u;
}

static inline uint32_t
lower_four(const char *at)
{
	uint32_t four;

	memcpy(&four, at, sizeof(four));
	return four | 0x20202020u;
}

/* The last word overlaps the one before it. */
static inline bool
is_lowercase_of(const char *lower, const char *name, size_t len)
{
	if (len < 4) {
		while (len > 0 && (name[len - 1] | 0x20) == lower[len - 1])
			len--;
		return len == 0;
	}
	if (len < 8)
		return lower_four(name) == lower_four(lower) &&
		       lower_four(name + len - 4) ==
			   lower_four(lower + len - 4);
	for (size_t at = 0; at + 8 < len; at += 8)
		if (lower_eight(name + at) != lower_eight(lower + at))
			return false;
	return lower_eight(name + len - 8) == lower_eight(lower + len - 8);
}

void
fields_identify(struct field *field, struct text name)
{
	const struct known *row = &known[ROW(name.len, name.at[0] | 0x20)];
	bool is_it = row->name.len == name.len &&
		     is_lowercase_of(row->name.at, name.at, name.len);

	field->id = is_it ? row->id : FIELD_OTHER;
	field->hop_by_hop = is_it && row->hop_by_hop;
}

/* What Connection says. */
struct options {
	unsigned count;
	bool close, keep_alive, upgrade, names_fields;
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
read_options(struct options *options, struct text list)
{
	struct text option;

	while (list_next(&list, &option)) {
		options->count++;
		if (text_is_nocase(option, TEXT("close")))
			options->close = true;
		else if (text_is_nocase(option, TEXT("keep-alive")))
			options->keep_alive = true;
		else if (text_is_nocase(option, TEXT("upgrade")))
			options->upgrade = true;
		else
			options->names_fields = true;
	}
}

/*
 * A field that Connection names is not passed on.  Those that whoever is behind
 * the gateway relies on are, whatever Connection says: a client in front of a
 * careless proxy could else strip the X-Forwarded-For that the proxy added, or
 * the Host.
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

			if ((field->id == FIELD_OTHER ||
				field->id == FIELD_X_PICKET_UTILIZATION) &&
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
may_upgrade(const struct head *head)
{
	struct text list, protocol;

	if (!head_has(head, FIELD_UPGRADE) ||
	    head_repeats(head, FIELD_UPGRADE) || head->minor == 0)
		return false;
	list = head_value(head, head_find_id(head, FIELD_UPGRADE));
	if (list.len == 0)
		return false;
	while (list_next(&list, &protocol))
		if (protocol.len >= 3 &&
		    strncasecmp(protocol.at, "h2c", 3) == 0)
			return false;
	return true;
}

static bool
use_connection(struct head *head, struct refusal *why)
{
	struct options options = {0};

	if (!head_has(head, FIELD_CONNECTION)) {
		head->keep_alive = head->minor == 1;
		return true;
	}
	for (uint16_t i = 0; i < head->field_count; i++)
		if (head->fields[i].id == FIELD_CONNECTION)
			read_options(
			    &options, head_value(head, &head->fields[i]));
	if (options.count > CONNECTION_OPTIONS_MAX)
		return refuse(why, 400, "too many options in Connection");
	head->keep_alive = !options.close &&
			   (head->minor == 1 || options.keep_alive);
	if (options.names_fields)
		mark_all_named(head);
	head->upgrade = options.upgrade && may_upgrade(head);
	return true;
}

/* Digits only, and no more than a signed number holds: the next parser may use
 * one.  Blanks may follow, but no tab, which llhttp refuses there. */
static bool
parse_length(struct text digits, uint64_t *length)
{
	const char *end = digits.at + digits.len;

	*length = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (!char_is(digits.at[i], CHAR_DIGIT) ||
		    *length > (INT64_MAX - 9) / 10)
			return false;
		*length = *length * 10 + (uint64_t)(digits.at[i] - '0');
	}
	while (*end == ' ')
		end++; /* no further than the CR */
	return digits.len > 0 && *end == '\r';
}

bool
fields_take_length(
    struct head *head, const struct field *field, struct refusal *why)
{
	if (head_repeats(head, FIELD_CONTENT_LENGTH))
		return refuse(why, 400, "more than one Content-Length");
	if (!parse_length(head_value(head, field), &head->content_length))
		return refuse(why, 400, "bad Content-Length");
	head->has_content_length = true;
	return true;
}

static bool
use_transfer_encoding(struct head *head, struct refusal *why)
{
	if (!head_has(head, FIELD_TRANSFER_ENCODING))
		return true;
	if (head->has_content_length)
		return refuse(
		    why, 400, "Content-Length with Transfer-Encoding");
	if (head->minor == 0)
		return refuse(why, 400, "Transfer-Encoding in HTTP/1.0");
	if (head_repeats(head, FIELD_TRANSFER_ENCODING))
		return refuse(why, 400, "more than one Transfer-Encoding");
	if (!text_is_nocase(
		head_value(head, head_find_id(head, FIELD_TRANSFER_ENCODING)),
		TEXT("chunked")))
		return refuse(
		    why, 501, "Transfer-Encoding is not just chunked");
	head->framing = FRAMING_CHUNKED;
	return true;
}

static bool
read_common(struct head *head, struct refusal *why)
{
	head->framing = head->content_length > 0 ? FRAMING_LENGTH
						 : FRAMING_NONE;
	return use_connection(head, why) && use_transfer_encoding(head, why);
}

/* An empty Host is right where the target has no host (RFC 9112 3.2).  That of
 * an absolute target goes before the field. */
static bool
use_host(struct head *head, struct refusal *why)
{
	const struct field *field = head_find_id(head, FIELD_HOST);
	struct text host;

	if (head_repeats(head, FIELD_HOST))
		return refuse(why, 400, "more than one Host");
	if (field == NULL)
		return head->minor == 0 || refuse(why, 400, "missing Host");
	host = head_value(head, field);
	if (host.len > 0 && !target_is_host(host))
		return refuse(why, 400, "bad Host");
	if (head->host_len == 0) {
		head->host_at = field->value_at;
		head->host_len = field->value_len;
	}
	return true;
}

/* Asked for in any of several fields, for an interim answer too many does no
 * harm. */
static bool
expects_continue(const struct head *head)
{
	if (!head_has(head, FIELD_EXPECT) || head->minor == 0)
		return false;
	for (uint16_t i = 0; i < head->field_count; i++)
		if (head->fields[i].id == FIELD_EXPECT &&
		    text_is_nocase(head_value(head, &head->fields[i]),
			TEXT("100-continue")))
			return true;
	return false;
}

bool
fields_read_request(struct head *head, struct refusal *why)
{
	if (!read_common(head, why) || !use_host(head, why))
		return false;
	head->expects_continue = expects_continue(head);
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
	if (!read_common(head, why))
		return false;
	if (has_no_body(head, asked)) {
		/* A worker that frames what can have no body may send it. */
		if (head->framing != FRAMING_NONE && asked != METHOD_HEAD &&
		    head->status != 304)
			head->keep_alive = false;
		head->framing = FRAMING_NONE;
	} else if (!head->has_content_length &&
		   !head_has(head, FIELD_TRANSFER_ENCODING)) {
		head->framing = FRAMING_TO_CLOSE;
		head->keep_alive = false;
	}
	return true;
}
