/* What src/lab/lab_lua.h promises. */
#include "lab_lua.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

static void
a_function_of_a_module_is_called(void **state)
{
	lua_State *L = lab_lua_open();

	(void)state;
	lab_lua_push_function(L, "lab.summary", "duration");
	lua_pushnumber(L, 12.34);
	lab_lua_call(L, 1, 1);
	assert_string_equal(lua_tostring(L, -1), "12.3 ms");
	assert_int_equal(lua_gettop(L), 1);
	lua_close(L);
}

static void
an_object_is_kept_and_its_methods_are_called(void **state)
{
	lua_State *L = lab_lua_open();
	int summary;

	(void)state;
	lab_lua_push_function(L, "lab.summary", "new");
	lab_lua_call(L, 0, 1);
	summary = lab_lua_keep(L);
	assert_int_equal(lua_gettop(L), 0);
	lab_lua_push_method(L, summary, "add_sent");
	lab_lua_call(L, 1, 0);
	lab_lua_push_method(L, summary, "to_table");
	lab_lua_call(L, 1, 1);
	lua_getfield(L, -1, "sent");
	assert_int_equal(lua_tointeger(L, -1), 1);
	lua_close(L);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_function_of_a_module_is_called),
	    cmocka_unit_test(an_object_is_kept_and_its_methods_are_called),
	};

	setenv("PICKET_DATADIR", "lua", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
