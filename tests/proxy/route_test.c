/* Proves src/proxy/route.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "route.h"

static struct config config;

static void
add_route(const char *prefix, const char *forward)
{
	struct route *route = &config.routes[config.route_count++];

	route->prefix_len = snprintf(
	    route->prefix, sizeof(route->prefix), "%s", prefix);
	route->forward_len = snprintf(
	    route->forward, sizeof(route->forward), "%s", forward);
}

struct row {
	const char *path, *func, *forwarded; /* func NULL: no route */
};

static const struct row rows[] = {
    {"/run/echo", "echo", "/run/echo"},
    {"/run/echo/deep/er", "echo", "/run/echo/deep/er"},
    {"/run/echo/", "echo", "/run/echo/"},
    {"/runLambda/echo/x", "echo", "/run/echo/x"},
    {"/run/v2/echo", "echo", "/v2/echo"},
    {"/run/", "", "/run/"},
    {"/run/..", "", "/run/.."},
    {"/run/./x", "", "/run/./x"},
    {"/run", NULL, NULL},
    {"/", NULL, NULL},
    {"*", NULL, NULL},
    {"/RUN/echo", NULL, NULL},
};

static struct text
text_of(const char *string)
{
	return (struct text){string, strlen(string)};
}

static void
the_longest_prefix_names_the_function_and_its_path(void **state)
{
	(void)state;
	add_route("/runLambda/", "/run/");
	add_route("/run/v2/", "/v2/");
	add_route("/run/", "/run/");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct text path = text_of(row->path);
		const struct route *route = route_find(&config, path);
		char out[256];

		if (row->func == NULL) {
			assert_null(route);
			continue;
		}
		assert_non_null(route);
		assert_true(
		    text_is(route_function(route, path), text_of(row->func)));
		assert_true(text_is(
		    route_forward(route, path, out), text_of(row->forwarded)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_longest_prefix_names_the_function_and_its_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
