/*
 * Bodies as they come in and go out: what is payload does not depend on where
 * the bytes were cut, and what is framed anew is read again as the same.
 *
 * The first byte is the framing: 'c' chunked, 'l' ten bytes long, 'e' up to the
 * end of the stream.
 */
#include "fuzz.h"

#include <string.h>

#include "body.h"
#include "frame.h"

enum { LENGTH = 10 };

struct read {
	char *bytes; /* the payload */
	size_t len, used;
	bool is_bad, done;
};

static struct body
body_of(char kind)
{
	struct head head = {.framing = FRAMING_TO_CLOSE};
	struct body body;

	if (kind == 'c')
		head.framing = FRAMING_CHUNKED;
	if (kind == 'l') {
		head.framing = FRAMING_LENGTH;
		head.content_length = LENGTH;
	}
	body_start(&body, &head);
	return body;
}

/* Takes one more piece, from where the last one ended. */
static void
take(struct read *read, struct body *body, const char *data, size_t len)
{
	char *piece = malloc(len + 1);
	size_t used = 0;
	ssize_t n;

	if (read->is_bad || read->done) {
		free(piece);
		return;
	}
	memcpy(piece, data, len);
	n = body_decode(body, piece, len, &used);
	read->is_bad = n == -1;
	if (n > 0) {
		MUST((size_t)n <= len);
		memcpy(read->bytes + read->len, piece, (size_t)n);
		read->len += (size_t)n;
	}
	MUST(read->is_bad || used <= len);
	MUST(read->is_bad || used == len || body->done);
	read->used += used;
	read->done = body->done;
	free(piece);
}

static struct read
read_in_two(char kind, const char *data, size_t len, size_t cut)
{
	struct read read = {.bytes = malloc(len + 1)};
	struct body body = body_of(kind);

	take(&read, &body, data, cut);
	take(&read, &body, data + cut, len - cut);
	if (!read.is_bad && !read.done)
		(void)body_end(&body);
	return read;
}

/* Frames what was read in two pieces, and reads that. */
static void
must_frame_well(const struct read *read, size_t cut)
{
	struct frame frame = {.framing = FRAMING_CHUNKED};
	struct body body = body_of('c');
	struct read again = {.bytes = malloc(read->len + 1)};
	size_t first = read->len == 0 ? 0 : cut % (read->len + 1);
	size_t from[2] = {0, first}, len[2] = {first, read->len - first};

	for (int i = 0; i < 2; i++) {
		struct iovec pieces[FRAME_PIECES];
		int count = frame_pieces(
		    &frame, read->bytes + from[i], len[i], i == 1, pieces);

		for (int j = 0; j < count; j++)
			take(&again, &body, pieces[j].iov_base,
			    pieces[j].iov_len);
	}
	MUST(!again.is_bad && again.done && again.len == read->len);
	MUST(memcmp(again.bytes, read->bytes, read->len) == 0);
	free(again.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;
	size_t len = size - 1,
	       cut = fuzz_cut(data, size) % (size == 0 ? 1 : size);
	struct read whole, parts;

	if (size == 0)
		return 0;
	whole = read_in_two((char)data[0], bytes, len, 0);
	parts = read_in_two((char)data[0], bytes, len, cut);
	MUST(whole.is_bad == parts.is_bad);
	if (!whole.is_bad) {
		MUST(whole.done == parts.done && whole.used == parts.used);
		MUST(whole.len == parts.len);
		MUST(memcmp(whole.bytes, parts.bytes, whole.len) == 0);
		must_frame_well(&whole, cut);
	}
	free(whole.bytes);
	free(parts.bytes);
	return 0;
}
