/*
 * The first look at a head: one byte after another where lines begin and end,
 * many at a time between.  [data plane, control's health checks, lab]
 */
#include "scan.h"
#include <endian.h>
#include <string.h>

/* Text without whole blocks before its end or a control character. */
static inline size_t
short_run(const char *data, size_t at, size_t len)
{
	while (at < len && (unsigned char)data[at] >= 0x20 && data[at] != 0x7f)
		at++;
	return at;
}

/* Where the text that is at `at` ends: at a control character, or at `len`. */
#ifdef __SSE2__
#include <emmintrin.h>

/* A bit for each of sixteen bytes that is a control character. */
static inline unsigned
controls(const char *data)
{
	const __m128i below = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
	__m128i block = _mm_loadu_si128((const void *)data);

	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(block, below), block),
		_mm_cmpeq_epi8(block, del)));
}

static inline size_t
text_end(const char *data, size_t at, size_t len)
{
	unsigned found;

	for (; at + 16 <= len; at += 16) {
		found = controls(data + at);
		if (found != 0)
			return at + (size_t)__builtin_ctz(found);
	}
	if (len < 16)
		return short_run(data, at, len);
	/* the last sixteen, without those that were looked at */
	found = controls(data + len - 16) >> (at + 16 - len);
	return found != 0 ? at + (size_t)__builtin_ctz(found) : len;
}
#else
#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Not zero when one of eight bytes is below 0x20 or 0x7f; its lowest bit is in
 * the first such byte. */
static inline uint64_t
controls(uint64_t eight)
{
	uint64_t del = eight ^ EACH(0x7f);

	return (((eight - EACH(0x20)) & ~eight) | ((del - EACH(1)) & ~del)) &
	       EACH(0x80);
}

static inline size_t
text_end(const char *data, size_t at, size_t len)
{
	uint64_t eight, found;

	for (; at + sizeof(eight) <= len; at += sizeof(eight)) {
		memcpy(&eight, data + at, sizeof(eight));
		found = controls(le64toh(eight));
		if (found != 0)
			return at + (size_t)__builtin_ctzll(found) / 8;
	}
	return short_run(data, at, len);
}
#endif

/* A byte of text: with neither meaning nor fault. */
static inline bool
is_text(char c)
{
	return (unsigned char)c > 0x20 && c != 0x7f;
}

static enum scan_state
bad(struct scan *scan, const char *reason)
{
	scan->reason = reason;
	return SCAN_BAD;
}

static enum scan_state
bad_control(struct scan *scan, char c)
{
	if (c == '\n')
		return bad(scan, "bare LF in the head");
	if (c == '\0')
		return bad(scan, "NUL in the head");
	return bad(scan, "control character in the head");
}

/* The state after this byte. */
static enum scan_state
scan_byte(struct scan *scan, char c)
{
	switch (scan->state) {
	case SCAN_LINE_CR:
		return c == '\n' ? SCAN_START
				 : bad(scan, "bare CR in the head");
	case SCAN_END_CR:
		return c == '\n' ? SCAN_DONE : bad(scan, "bare CR in the head");
	case SCAN_START:
		if (c == ' ' || c == '\t')
			return bad(scan, "folded line in the head");
		if (c == '\r')
			return SCAN_END_CR;
		break;
	case SCAN_LINE:
		if (c == '\r')
			return SCAN_LINE_CR;
		if (c == '\t')
			return SCAN_LINE;
		break;
	default: /* SCAN_FIRST */
		if (c == '\r')
			return bad(scan, "empty line before the head");
		break;
	}
	if ((unsigned char)c < 0x20 || c == 0x7f)
		return bad_control(scan, c);
	return SCAN_LINE;
}

#define LINES_MAX (sizeof(((struct scan_lines *)NULL)->ends) / sizeof(uint16_t))

/* Whole lines as nearly all are, from within one on: text, and an end before
 * another line's text or before the end of the head.  The place of what is not
 * like that, for scan_byte(). */
static inline size_t
scan_whole_lines(struct scan *scan, const char *data, size_t at, size_t len,
    struct scan_lines *lines)
{
	unsigned count = lines->count;

	while (count < LINES_MAX) {
		at = text_end(data, at, len);
		if (len - at <= 2 || memcmp(data + at, "\r\n", 2) != 0)
			break;
		if (!is_text(data[at + 2]))
			break;
		lines->ends[count++] = (uint16_t)(at + 2);
		at += 3;
	}
	if (len - at >= 4 && count + 2 <= LINES_MAX &&
	    memcmp(data + at, "\r\n\r\n", 4) == 0) {
		lines->ends[count++] = (uint16_t)(at + 2);
		lines->ends[count++] = (uint16_t)(at + 4);
		scan->state = SCAN_DONE;
		at += 4;
	}
	lines->count = count;
	return at;
}

size_t
scan_head(
    struct scan *scan, const char *data, size_t len, struct scan_lines *lines)
{
	size_t at = 0;

	lines->count = 0;
	while (
	    at < len && scan->state < SCAN_DONE && lines->count < LINES_MAX) {
		if (scan->state == SCAN_LINE) {
			at = scan_whole_lines(scan, data, at, len, lines);
			if (at == len || scan->state == SCAN_DONE ||
			    lines->count == LINES_MAX)
				break;
		}
		scan->state = scan_byte(scan, data[at]);
		if (scan->state == SCAN_BAD)
			break;
		at++;
		if (scan->state == SCAN_START || scan->state == SCAN_DONE)
			lines->ends[lines->count++] = (uint16_t)at;
	}
	return at;
}

size_t
scan_skip(struct scan *scan, const char *data, size_t len)
{
	size_t at;

	for (at = 0; at < len && scan->state <= SCAN_BEFORE_CR; at++) {
		if (scan->state == SCAN_BEFORE_CR)
			scan->state = data[at] == '\n'
					  ? SCAN_BEFORE
					  : bad(scan, "bare CR in the head");
		else if (data[at] == '\r')
			scan->state = SCAN_BEFORE_CR;
		else {
			scan->state = SCAN_FIRST;
			break;
		}
	}
	return at;
}
