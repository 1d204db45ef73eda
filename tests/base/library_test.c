/* Proves src/base/library.c. */
#include "library.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

static void
modules_and_policies_are_found(void **state)
{
	lua_State *L = library_open();

	(void)state;
	assert_int_equal(lua_gettop(L), 0);
	library_push(L, "gateway.orders");
	library_push(L, "round_robin");
	assert_int_equal(lua_gettop(L), 2);
	lua_getfield(L, 1, "add");
	lua_getfield(L, 2, "pick");
	assert_true(lua_isfunction(L, -1));
	assert_true(lua_isfunction(L, -2));
	lua_close(L);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(modules_and_policies_are_found),
	};

	setenv("PICKET_DATADIR", "lua", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
