/* Proves src/proxy/frame.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "frame.h"

struct row {
	enum framing framing;
	const char *payload;
	bool done;
	const char *sent;
};

static const struct row rows[] = {
    {FRAMING_LENGTH, "abc", false, "abc"},
    {FRAMING_LENGTH, "abc", true, "abc"},
    {FRAMING_LENGTH, "", true, ""},
    {FRAMING_TO_CLOSE, "abc", true, "abc"},
    {FRAMING_NONE, "", true, ""},
    {FRAMING_CHUNKED, "abc", false, "3\r\nabc\r\n"},
    {FRAMING_CHUNKED, "abc", true, "3\r\nabc\r\n0\r\n\r\n"},
    {FRAMING_CHUNKED, "", true, "0\r\n\r\n"},
    {FRAMING_CHUNKED, "", false, ""},
    {FRAMING_CHUNKED, "0123456789abcdef", false, "10\r\n0123456789abcdef\r\n"},
};

static void
payload_goes_out_in_the_frame_that_was_announced(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct frame frame = {.framing = row->framing};
		struct iovec pieces[FRAME_PIECES];
		char payload[64], sent[128] = "";
		int count;

		snprintf(payload, sizeof(payload), "%s", row->payload);
		count = frame_pieces(
		    &frame, payload, strlen(payload), row->done, pieces);
		assert_in_range(count, 0, FRAME_PIECES);
		for (int j = 0; j < count; j++)
			strncat(sent, pieces[j].iov_base, pieces[j].iov_len);
		assert_string_equal(sent, row->sent);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(payload_goes_out_in_the_frame_that_was_announced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
