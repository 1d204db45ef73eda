/*
 * Counts a body's bytes, and takes chunks out of their framing in place.
 * [data plane, control's health checks, lab]
 *
 * Chunk data is moved down once, over the framing before it, so the work is
 * linear in the bytes however small the chunks are.  Extensions and trailers
 * are checked and dropped: nothing behind the gateway needs them, and what is
 * not passed on cannot be read in two ways.
 */
#include "body.h"
#include "chars.h"

#define SIZE_DIGITS_MAX 16
#define EXTENSION_MAX 1024 /* a signature takes 90 bytes */
#define TRAILERS_MAX 8192  /* all of them */

enum state {
	CHUNK_SIZE_FIRST,
	CHUNK_SIZE,
	CHUNK_EXTENSION,
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	TRAILER_START,
	TRAILER_NAME,
	TRAILER_VALUE,
	TRAILER_LF,
	LAST_LF,
	DONE,
	/* what was bad */
	BAD_SIZE,
	BAD_SIZE_LONG,
	BAD_SIZE_LINE,
	BAD_EXTENSION_LONG,
	BAD_DATA_END,
	BAD_TRAILER,
	BAD_TRAILERS_LONG,
};

static const char *const bad_reasons[] = {
    [BAD_SIZE] = "chunk size is not hexadecimal",
    [BAD_SIZE_LONG] = "chunk size has more than 16 digits",
    [BAD_SIZE_LINE] = "bad character after a chunk size",
    [BAD_EXTENSION_LONG] = "chunk extension is too long",
    [BAD_DATA_END] = "no CRLF after chunk data",
    [BAD_TRAILER] = "bad trailer",
    [BAD_TRAILERS_LONG] = "trailers are too long",
};

void
body_start(struct body *body, const struct head *head)
{
	*body = (struct body){.framing = head->framing};
	body->done = body->framing == FRAMING_NONE;
	if (body->framing == FRAMING_LENGTH)
		body->left = head->content_length;
}

const char *
body_reason(const struct body *body)
{
	return body->state >= BAD_SIZE ? bad_reasons[body->state]
				       : "body ended too early";
}

bool
body_end(struct body *body)
{
	if (body->framing == FRAMING_TO_CLOSE)
		body->done = true;
	return body->done;
}

static bool
is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static enum state
size_digit(struct body *body, char c)
{
	if (!char_is(c, CHAR_HEX))
		return BAD_SIZE;
	if (body->line++ == SIZE_DIGITS_MAX)
		return BAD_SIZE_LONG;
	body->left = body->left << 4 | char_hex_value(c);
	return CHUNK_SIZE;
}

static enum state
after_size(struct body *body, char c)
{
	if (char_is(c, CHAR_HEX))
		return size_digit(body, c);
	if (c == '\r')
		return CHUNK_SIZE_LF;
	if (c != ';')
		return BAD_SIZE_LINE;
	body->line = 0;
	return CHUNK_EXTENSION;
}

static enum state
in_extension(struct body *body, char c)
{
	if (c == '\r')
		return CHUNK_SIZE_LF;
	if (is_control(c))
		return BAD_SIZE_LINE;
	if (body->line++ == EXTENSION_MAX)
		return BAD_EXTENSION_LONG;
	return CHUNK_EXTENSION;
}

static enum state
after_size_line(struct body *body, char c)
{
	if (c != '\n')
		return BAD_SIZE_LINE;
	body->line = 0;
	return body->left > 0 ? CHUNK_DATA : TRAILER_START;
}

static enum state
in_trailer(struct body *body, char c)
{
	if (c == '\r' && body->state == TRAILER_START)
		return LAST_LF;
	if (c == '\r' && body->state == TRAILER_VALUE)
		return TRAILER_LF;
	if (body->line++ == TRAILERS_MAX)
		return BAD_TRAILERS_LONG;
	if (body->state == TRAILER_VALUE)
		return is_control(c) ? BAD_TRAILER : TRAILER_VALUE;
	if (c == ':' && body->state == TRAILER_NAME)
		return TRAILER_VALUE;
	return char_is(c, CHAR_TOKEN) ? TRAILER_NAME : BAD_TRAILER;
}

/* The state after this byte of framing. */
static enum state
chunk_byte(struct body *body, char c)
{
	switch (body->state) {
	case CHUNK_SIZE_FIRST:
		return size_digit(body, c);
	case CHUNK_SIZE:
		return after_size(body, c);
	case CHUNK_EXTENSION:
		return in_extension(body, c);
	case CHUNK_SIZE_LF:
		return after_size_line(body, c);
	case CHUNK_DATA_CR:
		return c == '\r' ? CHUNK_DATA_LF : BAD_DATA_END;
	case CHUNK_DATA_LF:
		return c == '\n' ? CHUNK_SIZE_FIRST : BAD_DATA_END;
	case TRAILER_LF:
		return c == '\n' ? TRAILER_START : BAD_TRAILER;
	case LAST_LF:
		return c == '\n' ? DONE : BAD_TRAILER;
	default:
		return in_trailer(body, c);
	}
}

/* Moves what there is of a chunk's data down to `out`. */
static size_t
take_data(struct body *body, char *out, const char *data, size_t len)
{
	size_t n = len < body->left ? len : (size_t)body->left;

	if (out != data)
		memmove(out, data, n);
	body->left -= n;
	if (body->left == 0)
		body->state = CHUNK_DATA_CR;
	return n;
}

static ssize_t
decode_chunks(struct body *body, char *data, size_t len, size_t *used)
{
	size_t in = 0, out = 0, n;

	while (in < len && body->state < DONE) {
		if (body->state == CHUNK_DATA) {
			n = take_data(body, data + out, data + in, len - in);
			in += n;
			out += n;
		} else {
			body->state = (uint8_t)chunk_byte(body, data[in]);
			in++;
		}
	}
	*used = in;
	body->done = body->state == DONE;
	return body->state > DONE ? -1 : (ssize_t)out;
}

ssize_t
body_decode(struct body *body, char *data, size_t len, size_t *used)
{
	switch (body->framing) {
	case FRAMING_CHUNKED:
		return decode_chunks(body, data, len, used);
	case FRAMING_LENGTH:
		*used = len < body->left ? len : (size_t)body->left;
		body->left -= *used;
		body->done = body->left == 0;
		return (ssize_t)*used;
	case FRAMING_TO_CLOSE:
		*used = len;
		return (ssize_t)len;
	default: /* FRAMING_NONE */
		*used = 0;
		return 0;
	}
}

size_t
chunk_line(char line[CHUNK_LINE_MAX], size_t size)
{
	char digits[16];
	size_t at = sizeof(digits), len;

	do {
		digits[--at] = "0123456789abcdef"[size & 15];
		size >>= 4;
	} while (size > 0);
	len = sizeof(digits) - at;
	memcpy(line, digits + at, len);
	line[len++] = '\r';
	line[len++] = '\n';
	return len;
}
