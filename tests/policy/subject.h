/*
 * One test's policy, loaded and ready to pick for `thumb`.  Included after
 * cmocka.h.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "fixture.h"

enum { MEMORY = 16 << 20, WORKERS = 3 };

struct subject {
	struct generation *generation;
	struct worker_table *table;
	struct policy *policy; /* NULL: it did not load, see error */
	char error[512];
};

static inline void
load_with(
    struct subject *subject, const char *source, const char *options, int count)
{
	memset(subject, 0, sizeof(*subject));
	subject->generation = fixture_generation(source, options, MEMORY);
	assert_non_null(subject->generation);
	subject->table = fixture_workers(count);
	subject->policy = policy_new(subject->generation, subject->table,
	    fixture_header, fixture_header, 42, subject->error,
	    sizeof(subject->error));
	if (subject->policy != NULL)
		fixture_request(subject->policy, "thumb", 0);
}

static inline void
load(struct subject *subject, const char *source)
{
	load_with(subject, source, "{ }", WORKERS);
	if (subject->policy == NULL)
		fail_msg("%s", subject->error);
}

static inline void
unload(struct subject *subject)
{
	policy_free(subject->policy);
	generation_close(subject->generation);
}

/* A policy whose pick has this body, of (request, workers). */
static inline void
load_pick(struct subject *subject, const char *body)
{
	char *source = xasprintf("return { pick = function(request, workers) "
				 "%s end }",
	    body);

	load(subject, source);
	free(source);
}

static inline void
assert_contains(const char *text, const char *expected)
{
	if (strstr(text, expected) == NULL)
		fail_msg("\"%s\" does not contain \"%s\"", text, expected);
}

static inline const char *
last_error(const struct subject *subject)
{
	return policy_stats(subject->policy)->last_error;
}

#endif
