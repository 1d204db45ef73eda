/*
 * Registries, which are JSON: one that is good is found again in a generation,
 * one that is not is refused in a message that names the file.
 */
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

#include "generation.h"
#include "generation_writer.h"
#include "lua_fuzz.h"
#include "registry.h"

/* The registry is on top: its function of this number is the generation's. */
static void
must_be_there(lua_State *L, const struct generation *generation, int number)
{
	const char *name;
	size_t len;

	lua_getfield(L, -1, "functions");
	lua_rawgeti(L, -1, number + 1);
	lua_getfield(L, -1, "name");
	name = lua_tolstring(L, -1, &len);
	MUST(generation_find_function(generation, name, len) == number);
	lua_getfield(L, -2, "packages");
	MUST(generation_package_count(generation, number) ==
	     (int)lua_objlen(L, -1));
	for (int i = 0; i < (int)lua_objlen(L, -1); i++) {
		lua_rawgeti(L, -1, i + 1);
		MUST(strcmp(generation_package(generation, number, i),
			 lua_tostring(L, -1)) == 0);
		lua_pop(L, 1);
	}
	lua_pop(L, 4);
}

static int
write_and_read(lua_State *L)
{
	struct generation_writer *writer = generation_writer_new();
	int file = generation_file();
	struct generation *generation;
	const char *reason;

	generation_write_policy(writer, "p.lua", "return {}", 9, "{}");
	registry_write(L, writer);
	MUST(generation_write_out(writer, file));
	generation_writer_free(writer);
	generation = generation_open(file, &reason);
	MUST(generation != NULL);
	for (int i = 0; i < generation_function_count(generation); i++)
		must_be_there(L, generation, i);
	generation_close(generation);
	close(file);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lua_State *L;
	const char *path = lua_fuzz_file(data, size), *message;

	if (L == NULL)
		L = library_open();
	library_push(L, "gateway.registry");
	lua_getfield(L, -1, "load");
	lua_pushstring(L, path);
	MUST(lua_pcall(L, 1, 2, 0) == 0);
	if (lua_istable(L, -2)) {
		lua_pop(L, 1);
		lua_pushcfunction(L, write_and_read);
		lua_insert(L, -2);
		MUST(lua_pcall(L, 1, 0, 0) == 0);
	} else {
		message = lua_tostring(L, -1);
		MUST(strncmp(message, path, strlen(path)) == 0);
		MUST(strchr(message, '\n') == NULL);
	}
	lua_settop(L, 0);
	lua_gc(L, LUA_GCSTEP, 100);
	return 0;
}
