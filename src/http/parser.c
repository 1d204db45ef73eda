/*
 * From bytes to a head, in three steps: scan.c finds whole lines and refuses
 * bytes that no line may have; llhttp and field_line.c take whole lines apart;
 * fields.c says what they mean.  [data plane, control's health checks, lab]
 *
 * The bytes are copied once, into the parser's own, and taken apart there line
 * by line as lines become whole.  So it matters to nobody how a head was cut
 * up.
 *
 * llhttp is shown the first line and Transfer-Encoding, and its verdict stands
 * when it refuses.  Of a first line that it accepts the places that it reports
 * are checked against the bytes.  Other fields are read here at least as
 * strictly; to show them too would double the cost of parsing.  That llhttp
 * accepts the whole of every head that is accepted here, and reads it alike, is
 * proven by tests/http/fuzz_test.c.  It never sees what follows the head.
 */
#include "parser.h"
#include <assert.h>
#include <llhttp.h>
#include <stdlib.h>
#include <string.h>
#include "chars.h"
#include "field_line.h"
#include "fields.h"
#include "first_line.h"
#include "refusal.h"
#include "scan.h"
#include "xmalloc.h"

/* What most heads fit into; more is allocated, and given back when large. */
#define INLINE_BYTES 1024
#define INLINE_FIELDS 24
#define KEPT_BYTES 8192

/* The first line may have this much beside its target: the longest method that
 * llhttp knows, two spaces, the version, CR and LF. */
#define REQUEST_LINE_EXTRA 27

/* Empty lines before a request, in bytes: a peer that sends nothing else is
 * not idle but mad. */
#define SKIPPED_MAX 64

struct parser {
	llhttp_t llhttp;
	struct scan scan;
	struct head head;
	struct refusal why;
	struct parser_limits limits;
	uint8_t kind;     /* enum parser_kind */
	uint8_t asked;    /* enum method */
	uint16_t skipped; /* empty lines before the head */
	size_t len;       /* bytes that were taken */
	size_t parsed;    /* of them, those taken apart: whole lines */
	size_t room;
	uint16_t field_room;
	char *bytes;
	struct field *fields;
	struct field inline_fields[INLINE_FIELDS];
	char inline_bytes[INLINE_BYTES + HEAD_SLACK];
};

static int take_url(llhttp_t *, const char *at, size_t len);

static const llhttp_settings_t settings = {
    .on_url = take_url,
};

static void
release_bytes(struct parser *parser)
{
	if (parser->bytes != parser->inline_bytes)
		free(parser->bytes);
	parser->bytes = parser->inline_bytes;
	parser->room = INLINE_BYTES;
}

static void
release_fields(struct parser *parser)
{
	if (parser->fields != parser->inline_fields)
		free(parser->fields);
	parser->fields = parser->inline_fields;
	parser->field_room = INLINE_FIELDS;
}

struct parser *
parser_new(enum parser_kind kind, const struct parser_limits *limits)
{
	struct parser *parser = xmalloc(sizeof(*parser));

	parser->bytes = parser->inline_bytes;
	parser->fields = parser->inline_fields;
	release_bytes(parser);
	release_fields(parser);
	parser_reset(parser, kind, limits);
	return parser;
}

void
parser_free(struct parser *parser)
{
	if (parser == NULL)
		return;
	release_bytes(parser);
	release_fields(parser);
	free(parser);
}

void
parser_reset(struct parser *parser, enum parser_kind kind,
    const struct parser_limits *limits)
{
	llhttp_init(&parser->llhttp,
	    kind == PARSER_REQUEST ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
	parser->llhttp.data = parser;
	parser->scan = (struct scan){
	    .state = kind == PARSER_REQUEST ? SCAN_BEFORE : SCAN_FIRST};
	parser->head = (struct head){0};
	parser->why = (struct refusal){0};
	parser->limits = *limits;
	parser->kind = kind;
	parser->asked = METHOD_GET;
	parser->skipped = 0;
	parser->len = parser->parsed = 0;
	if (parser->room > KEPT_BYTES) {
		release_bytes(parser);
		release_fields(parser);
	}
}

void
parser_expect(struct parser *parser, enum method request_method)
{
	parser->asked = request_method;
}

static struct parser *
of_llhttp(llhttp_t *llhttp)
{
	return llhttp->data;
}

/* llhttp stops when a callback returns this. */
static int
stop(struct parser *parser, int status, const char *reason)
{
	refuse(&parser->why, status, reason);
	return HPE_USER;
}

static enum method
known_method(uint8_t method)
{
	switch (method) {
	case HTTP_GET:
		return METHOD_GET;
	case HTTP_POST:
		return METHOD_POST;
	case HTTP_HEAD:
		return METHOD_HEAD;
	case HTTP_PUT:
		return METHOD_PUT;
	case HTTP_DELETE:
		return METHOD_DELETE;
	case HTTP_OPTIONS:
		return METHOD_OPTIONS;
	case HTTP_PATCH:
		return METHOD_PATCH;
	case HTTP_CONNECT:
		return METHOD_CONNECT;
	case HTTP_TRACE:
		return METHOD_TRACE;
	default:
		return METHOD_OTHER;
	}
}

static int
take_url(llhttp_t *llhttp, const char *at, size_t len)
{
	struct parser *parser = of_llhttp(llhttp);
	struct head *head = &parser->head;

	if (len > parser->limits.uri_bytes)
		return stop(parser, 414, "request target is too long");
	head->method = known_method(llhttp->method);
	if (!first_line_request(
		head, parser->len, (struct text){at, len}, &parser->why))
		return HPE_USER;
	return 0;
}

static void
grow_fields(struct parser *parser)
{
	size_t old = parser->field_room * sizeof(struct field);
	struct field *grown = xmalloc(old * 2);

	memcpy(grown, parser->fields, old);
	if (parser->fields != parser->inline_fields)
		free(parser->fields);
	parser->fields = grown;
	parser->field_room *= 2;
}

static bool
is_token(const char *at, size_t len)
{
	uint8_t all = CHAR_TOKEN;

	for (size_t i = 0; i < len; i++)
		all &= char_classes[(unsigned char)at[i]];
	return len > 0 && all != 0;
}

/* Why llhttp stopped, when no callback has said so. */
static bool
refuse_for_llhttp(struct parser *parser, llhttp_errno_t error)
{
	const char *space = memchr(parser->bytes, ' ', parser->len);

	if (parser->why.status != 0)
		return false;
	switch (error) {
	case HPE_INVALID_TRANSFER_ENCODING:
		return refuse(
		    &parser->why, 501, "Transfer-Encoding is not just chunked");
	case HPE_INVALID_HEADER_TOKEN:
		return refuse(&parser->why, 400, "bad header field");
	case HPE_INVALID_CONSTANT:
		/* The line was good, so it is a method of another protocol. */
		if (parser->head.method_len > 0)
			return refuse(&parser->why, 501, "unknown method");
		return refuse(&parser->why, 400, "malformed first line");
	case HPE_INVALID_METHOD:
		if (space != NULL &&
		    is_token(parser->bytes, (size_t)(space - parser->bytes)))
			return refuse(&parser->why, 501, "unknown method");
		return refuse(&parser->why, 400, "bad method");
	default:
		return refuse(&parser->why, 400,
		    parser->parsed == 0 ? "malformed first line"
					: "malformed head");
	}
}

static bool
judge(struct parser *parser, size_t at, size_t end)
{
	llhttp_errno_t error = llhttp_execute(
	    &parser->llhttp, parser->bytes + at, end - at);

	return error == HPE_OK || refuse_for_llhttp(parser, error);
}

static bool
parse_first_line(struct parser *parser, size_t end)
{
	if (parser->kind == PARSER_RESPONSE &&
	    !first_line_response(&parser->head, end - 2, &parser->why))
		return false;
	return judge(parser, 0, end);
}

static bool
parse_field(struct parser *parser, size_t at, size_t end)
{
	struct head *head = &parser->head;
	struct field *field;

	if (head->field_count == parser->limits.headers)
		return refuse(&parser->why, 431, "too many header fields");
	if (head->field_count == parser->field_room)
		grow_fields(parser);
	field = &parser->fields[head->field_count++];
	if (!field_line_read(head, at, end - 2, field, &parser->why))
		return false;
	head->repeated |= head->ids & 1u << field->id;
	head->ids |= 1u << field->id;
	if (field->id == FIELD_CONTENT_LENGTH)
		return fields_take_length(head, field, &parser->why);
	return field->id != FIELD_TRANSFER_ENCODING || judge(parser, at, end);
}

/* Takes lines apart that end at these places behind `start`. */
static bool
parse_lines(struct parser *parser, size_t start, const struct scan_lines *lines)
{
	size_t at = parser->parsed;
	bool good = true;

	parser->head.bytes = parser->bytes;
	for (unsigned i = 0; i < lines->count && good; i++) {
		size_t end = start + lines->ends[i];

		if (at == 0)
			good = parse_first_line(parser, end);
		else if (end - at > 2)
			good = parse_field(parser, at, end);
		parser->parsed = at = end;
	}
	return good;
}

static void
make_room(struct parser *parser, size_t len)
{
	size_t room = parser->room;
	char *grown;

	if (len <= room)
		return;
	while (room < len)
		room *= 2;
	grown = xmalloc(room + HEAD_SLACK);
	memcpy(grown, parser->bytes, parser->len);
	if (parser->bytes != parser->inline_bytes)
		free(parser->bytes);
	parser->bytes = grown;
	parser->room = room;
}

/* How long the head may become before its next line ends. */
static size_t
room_allowed(const struct parser *parser)
{
	size_t line = (size_t)parser->limits.uri_bytes + REQUEST_LINE_EXTRA;

	if (parser->kind == PARSER_REQUEST && parser->parsed == 0 &&
	    line < parser->limits.head_bytes)
		return line;
	return parser->limits.head_bytes;
}

static bool
refuse_length(struct parser *parser)
{
	if (parser->kind == PARSER_REQUEST && parser->parsed == 0) {
		if (memchr(parser->bytes, ' ', parser->len) == NULL)
			return refuse(&parser->why, 501, "unknown method");
		return refuse(&parser->why, 414, "request target is too long");
	}
	return refuse(&parser->why, 431, "head is too long");
}

/* Takes bytes up to the end of the head, or of the room allowed for now, or as
 * many lines as can be taken at once. */
static size_t
take_bytes(struct parser *parser, const char *data, size_t len)
{
	size_t before = parser->len, room = room_allowed(parser) - before, n;
	struct scan_lines lines;

	n = scan_head(&parser->scan, data, len < room ? len : room, &lines);
	make_room(parser, before + n);
	memcpy(parser->bytes + before, data, n);
	parser->len += n;
	if (!parse_lines(parser, before, &lines))
		return n;
	if (parser->scan.state == SCAN_BAD)
		refuse(&parser->why, 400, parser->scan.reason);
	else if (parser->scan.state != SCAN_DONE &&
		 parser->len == room_allowed(parser))
		refuse_length(parser);
	return n;
}

static bool
read_fields(struct parser *parser)
{
	struct head *head = &parser->head;

	head->bytes = parser->bytes;
	head->len = (uint16_t)parser->len;
	head->fields = parser->fields;
	if (parser->kind == PARSER_REQUEST)
		return fields_read_request(head, &parser->why);
	return fields_read_response(head, parser->asked, &parser->why);
}

static size_t
skip_empty_lines(struct parser *parser, const char *data, size_t len)
{
	size_t n = scan_skip(&parser->scan, data, len);

	if (parser->scan.state == SCAN_BAD)
		refuse(&parser->why, 400, parser->scan.reason);
	else if (n > SKIPPED_MAX - (size_t)parser->skipped)
		refuse(&parser->why, 400, "too many empty lines");
	else
		parser->skipped += (uint16_t)n;
	return n;
}

enum parser_result
parser_feed(struct parser *parser, const char *data, size_t len, size_t *used)
{
	size_t at = skip_empty_lines(parser, data, len);

	assert(parser->scan.state != SCAN_DONE && "reset before the next head");
	while (parser->why.status == 0 && at < len &&
	       parser->scan.state != SCAN_DONE)
		at += take_bytes(parser, data + at, len - at);
	*used = at;
	if (parser->why.status != 0)
		return PARSER_FAILED;
	if (parser->scan.state != SCAN_DONE)
		return PARSER_MORE;
	return read_fields(parser) ? PARSER_HEAD : PARSER_FAILED;
}

bool
parser_is_empty(const struct parser *parser)
{
	return parser->len == 0;
}

const struct head *
parser_head(const struct parser *parser)
{
	return &parser->head;
}

int
parser_status(const struct parser *parser)
{
	return parser->kind == PARSER_REQUEST ? parser->why.status : 502;
}

const char *
parser_reason(const struct parser *parser)
{
	return parser->why.reason;
}
