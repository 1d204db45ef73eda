/* One line of a head.  [data plane, control's health checks, lab] */
#include "field_line.h"

#include "chars.h"
#include "fields.h"

/* How many of the next sixteen bytes are letters or hyphens before another one
 * is: nearly every name, at once. */
#ifdef __SSE2__
#include <emmintrin.h>

static inline size_t
plain_run(const char *at)
{
	__m128i block = _mm_loadu_si128((const void *)at);
	__m128i lower = _mm_or_si128(block, _mm_set1_epi8(0x20));
	__m128i letter = _mm_sub_epi8(lower, _mm_set1_epi8('a'));
	__m128i plain = _mm_or_si128(
	    _mm_cmpeq_epi8(
		_mm_min_epu8(letter, _mm_set1_epi8('z' - 'a')), letter),
	    _mm_cmpeq_epi8(block, _mm_set1_epi8('-')));

	return (size_t)__builtin_ctz(~(unsigned)_mm_movemask_epi8(plain));
}
#else
static inline size_t
plain_run(const char *at)
{
	(void)at;
	return 0;
}
#endif

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
field_line_read(const struct head *head, size_t at, size_t end,
    struct field *field, struct refusal *why)
{
	const char *bytes = head->bytes;
	size_t colon = at + plain_run(bytes + at), value;

	while (char_is(bytes[colon], CHAR_TOKEN))
		colon++; /* no further than the CR */
	if (colon == at || bytes[colon] != ':')
		return refuse(why, 400, "bad header name");
	for (value = colon + 1; is_blank(bytes[value]); value++)
		;
	while (end > value && is_blank(bytes[end - 1]))
		end--;
	field->name_at = (uint16_t)at;
	field->name_len = (uint16_t)(colon - at);
	field->value_at = (uint16_t)value;
	field->value_len = (uint16_t)(end - value);
	fields_identify(field, (struct text){bytes + at, colon - at});
	return true;
}
