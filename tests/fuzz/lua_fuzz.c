/* States whose lines are counted, as clang counts those of C. */
#include "lua_fuzz.h"

#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

enum { COUNTERS = 16384 };

/* libFuzzer looks at this section beside its own counters. */
__attribute__((
    section("__libfuzzer_extra_counters"))) static uint8_t lines[COUNTERS];

static void
on_line(lua_State *L, lua_Debug *at)
{
	uint32_t hash;

	lua_getinfo(L, "S", at);
	hash = (uint32_t)at->currentline * 2654435761u;
	for (const char *c = at->short_src; *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	lines[(hash ^ hash >> 16) % COUNTERS]++;
}

/* The linker calls this in place of luaL_openlibs(): --wrap. */
void __real_luaL_openlibs(lua_State *L);
void __wrap_luaL_openlibs(lua_State *L);

void
__wrap_luaL_openlibs(lua_State *L)
{
	__real_luaL_openlibs(L);
	MUST(luaL_dostring(L, "jit.off()") == 0); /* traces call no hooks */
	lua_sethook(L, on_line, LUA_MASKLINE, 0);
}

const char *
lua_fuzz_file(const void *bytes, size_t len)
{
	static char path[32];
	static int file = -1;

	if (file == -1) {
		file = memfd_create("input", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	}
	MUST(file != -1 && ftruncate(file, 0) == 0);
	MUST(pwrite(file, bytes, len, 0) == (ssize_t)len);
	return path;
}
