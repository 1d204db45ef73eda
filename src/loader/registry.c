/*
 * Copies the registry from Lua into a generation.  [loader]
 *
 * Lua keeps one copy of each string, so that a package is known by where its
 * name lies: interning two and a half million names takes a fraction of a
 * second.
 */
#include "registry.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <lauxlib.h>

#include "xmalloc.h"

/* Packages met so far, by the address of their name: open addressing, at most
 * half full. */
struct known {
	const char *name; /* NULL: free */
	uint32_t number;
};

struct packages {
	struct known *known;
	uint32_t count, size; /* size is a power of two */
	uint32_t *list;       /* of the function at hand */
	uint32_t room;
};

static struct known *
find_place(struct packages *packages, const char *name)
{
	uint64_t hash = (uint64_t)(uintptr_t)name * 0x9e3779b97f4a7c15u;
	uint32_t place = (uint32_t)(hash >> 32) & (packages->size - 1);

	while (packages->known[place].name != NULL &&
	       packages->known[place].name != name)
		place = (place + 1) & (packages->size - 1);
	return &packages->known[place];
}

static void
grow(struct packages *packages)
{
	struct known *old = packages->known;
	uint32_t old_size = packages->size;

	packages->size = old_size == 0 ? 1024 : old_size * 2;
	packages->known = xcalloc(packages->size, sizeof(*packages->known));
	for (uint32_t i = 0; i < old_size; i++)
		if (old[i].name != NULL)
			*find_place(packages, old[i].name) = old[i];
	free(old);
}

/* The number of the package whose name is on top of the stack. */
static uint32_t
number_of(
    lua_State *L, struct generation_writer *writer, struct packages *packages)
{
	size_t len;
	const char *name = lua_tolstring(L, -1, &len);
	struct known *place;

	if (packages->count * 2 >= packages->size)
		grow(packages);
	place = find_place(packages, name);
	if (place->name == NULL) {
		place->name = name;
		place->number = generation_write_package(writer, name, len);
		packages->count++;
	}
	return place->number;
}

/* The list of a function's packages is on top of the stack. */
static uint32_t
read_list(
    lua_State *L, struct generation_writer *writer, struct packages *packages)
{
	uint32_t count = (uint32_t)lua_objlen(L, -1);

	if (count > packages->room) {
		packages->room = count * 2;
		packages->list = xrealloc(
		    packages->list, packages->room * sizeof(*packages->list));
	}
	for (uint32_t i = 0; i < count; i++) {
		lua_rawgeti(L, -1, (int)i + 1);
		packages->list[i] = number_of(L, writer, packages);
		lua_pop(L, 1);
	}
	return count;
}

static void
write_function(
    lua_State *L, struct generation_writer *writer, struct packages *packages)
{
	const char *name;
	size_t len;
	uint32_t count;

	lua_getfield(L, -1, "name");
	name = lua_tolstring(L, -1, &len);
	lua_getfield(L, -2, "packages");
	count = read_list(L, writer, packages);
	generation_write_function(writer, name, len, packages->list, count);
	lua_pop(L, 2);
}

void
registry_write(lua_State *L, struct generation_writer *writer)
{
	struct packages packages = {.known = NULL};
	int count;

	lua_getfield(L, -1, "functions");
	count = (int)lua_objlen(L, -1);
	for (int i = 0; i < count; i++) {
		lua_rawgeti(L, -1, i + 1);
		write_function(L, writer, &packages);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	free(packages.known);
	free(packages.list);
}
