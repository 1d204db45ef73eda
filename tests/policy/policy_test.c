#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "log.h"

enum { MEMORY = 16 << 20 };

/* One test's policy. */
struct subject {
	struct generation *generation;
	struct worker_table *table;
	struct policy *policy;
	char error[512];
};

static void
load(struct subject *subject, const char *source, int workers)
{
	subject->generation = fixture_generation(source, "{ }", MEMORY);
	assert_non_null(subject->generation);
	subject->table = fixture_workers(workers);
	subject->policy = policy_new(subject->generation, subject->table,
	    fixture_header, fixture_header, 42, subject->error,
	    sizeof(subject->error));
	if (subject->policy != NULL)
		fixture_request(subject->policy, "thumb", 0);
}

static void
unload(struct subject *subject)
{
	policy_free(subject->policy);
	generation_close(subject->generation);
}

static void
a_pick_returns_the_slot_of_the_worker(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "return { pick = function(_, w) return w[2] end }", 3);
	assert_non_null(subject.policy);
	assert_int_equal(policy_pick(subject.policy), 1);
	assert_int_equal(policy_stats(subject.policy)->errors, 0);
	unload(&subject);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pick_returns_the_slot_of_the_worker),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
