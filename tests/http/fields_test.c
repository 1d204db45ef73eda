/* What src/http/fields.h promises about names: a known one is found by one row
 * of a table, and what shares that row is not taken for it. */
#include "feeding.h"
#include <ctype.h>
#include "fields.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	const char *name;
	enum field_id id;
	bool hop_by_hop;
};

static const struct row rows[] = {
    {"connection", FIELD_CONNECTION, true},
    {"content-length", FIELD_CONTENT_LENGTH, false},
    {"expect", FIELD_EXPECT, false},
    {"forwarded", FIELD_FORWARDED, false},
    {"host", FIELD_HOST, false},
    {"keep-alive", FIELD_KEEP_ALIVE, true},
    {"proxy-authenticate", FIELD_PROXY_AUTHENTICATE, true},
    {"proxy-authorization", FIELD_PROXY_AUTHORIZATION, true},
    {"proxy-connection", FIELD_PROXY_CONNECTION, true},
    {"te", FIELD_TE, true},
    {"trailer", FIELD_TRAILER, true},
    {"transfer-encoding", FIELD_TRANSFER_ENCODING, true},
    {"upgrade", FIELD_UPGRADE, true},
    {"via", FIELD_VIA, false},
    {"x-forwarded-for", FIELD_X_FORWARDED_FOR, false},
    {"x-forwarded-host", FIELD_X_FORWARDED_HOST, false},
    {"x-forwarded-proto", FIELD_X_FORWARDED_PROTO, false},
    {"x-picket-utilization", FIELD_X_PICKET_UTILIZATION, false},
    {"x-real-ip", FIELD_X_REAL_IP, false},
    {"x-request-id", FIELD_X_REQUEST_ID, false},
};

/* From a block of the name's own size: a sanitizer sees a byte too many. */
static void
assert_is(const char *name, size_t len, enum field_id id, bool hop_by_hop)
{
	char *copy = malloc(len);
	struct field field;

	memcpy(copy, name, len);
	fields_identify(&field, (struct text){copy, len});
	free(copy);
	assert_int_equal(field.id, id);
	assert_int_equal(field.hop_by_hop, hop_by_hop);
}

static void
a_known_name_is_known_in_any_case(void **state)
{
	char name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].name);

		strcpy(name, rows[i].name);
		assert_is(name, len, rows[i].id, rows[i].hop_by_hop);
		for (size_t at = 0; at < len; at++) {
			name[at] = (char)toupper(name[at]);
			assert_is(name, len, rows[i].id, rows[i].hop_by_hop);
		}
	}
}

/* The row is that of the known name, unless its first letter is changed. */
static void
a_name_with_another_letter_is_another(void **state)
{
	char name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].name);

		for (size_t at = 0; at < len; at++) {
			strcpy(name, rows[i].name);
			name[at] = 'j'; /* which none of them has */
			assert_is(name, len, FIELD_OTHER, false);
		}
	}
}

static void
a_longer_or_shorter_name_is_another(void **state)
{
	char name[128];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].name);

		/* up to the length that has its row again, and beyond */
		memset(name, 'j', sizeof(name));
		memcpy(name, rows[i].name, len);
		for (size_t other = len + 1; other < sizeof(name); other++)
			assert_is(name, other, FIELD_OTHER, false);
		for (size_t other = 1; other < len; other++)
			assert_is(name, other, FIELD_OTHER, false);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_known_name_is_known_in_any_case),
	    cmocka_unit_test(a_name_with_another_letter_is_another),
	    cmocka_unit_test(a_longer_or_shorter_name_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
