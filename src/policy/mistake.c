/* Messages for the authors of policies.  [proxies, loader] */
#include "mistake.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <lauxlib.h>

#include "state.h"

/* LuaJIT's words for an assignment to a field of a worker, which is a constant
 * to policies: there is nothing else that they could mean. */
static const char written[] = "attempt to write to constant location";

/* --- which field was written --- */

struct piece {
	const char *begin, *end;
};

static struct piece
line_of(const char *source, int number)
{
	struct piece line = {source, NULL};

	while (--number > 0 && (line.begin = strchr(line.begin, '\n')) != NULL)
		line.begin++;
	if (line.begin != NULL)
		line.end = line.begin + strcspn(line.begin, "\n");
	return line;
}

static bool
is_name(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_';
}

/* The x of `.x` or `["x"]` right before `end`; empty when there is none. */
static struct piece
field_before(const char *begin, const char *end)
{
	struct piece field;

	while (end > begin && strchr(" \t]\"'", end[-1]) != NULL)
		end--;
	field.begin = field.end = end;
	while (field.begin > begin && is_name(field.begin[-1]))
		field.begin--;
	if (field.begin == begin || strchr(".\"'", field.begin[-1]) == NULL)
		field.begin = field.end;
	return field;
}

/* The first field on the line that something is assigned to. */
static struct piece
assigned_field(struct piece line)
{
	struct piece none = {NULL, NULL};

	for (const char *at = line.begin; at != NULL && at < line.end; at++) {
		struct piece field;

		at = memchr(at, '=', (size_t)(line.end - at));
		if (at == NULL)
			break;
		if (at[1] == '=') {
			at++;
			continue;
		}
		field = field_before(line.begin, at);
		if (field.begin < field.end)
			return field;
	}
	return none;
}

/* "mine.lua:3: attempt to write ..." becomes one that names the field. */
static const char *
explain_write(
    lua_State *L, const struct mistake_place *place, const char *message)
{
	size_t len = strlen(place->file);
	struct piece field = {NULL, NULL};
	int line = 0;

	if (strncmp(message, place->file, len) == 0 && message[len] == ':')
		line = atoi(message + len + 1);
	if (line > 0)
		field = assigned_field(line_of(place->source, line));
	lua_pushlstring(L, message, strstr(message, written) - message);
	lua_pushliteral(L, "the field ");
	lua_pushlstring(L, field.begin, (size_t)(field.end - field.begin));
	if (field.begin != NULL)
		lua_pushfstring(L, "%s ", lua_tostring(L, -1));
	else
		lua_pushliteral(L, "");
	lua_remove(L, -2);
	lua_pushliteral(L, "of a worker is read-only; values of its own a "
			   "policy keeps in a table: mine[worker] = ...");
	lua_concat(L, 4);
	return lua_tostring(L, -1);
}

/* --- the handler --- */

/* The message of an error, without a place in the runtime: that of a function
 * to which the policy made a tail call. */
static const char *
error_text(lua_State *L, const struct mistake_place *place)
{
	const char *message = lua_tostring(L, 1), *end;

	if (message == NULL)
		return lua_pushfstring(L, "an error that is a %s, not a text",
		    luaL_typename(L, 1));
	if (strstr(message, written) != NULL)
		return explain_write(L, place, message);
	end = strstr(message, ": ");
	if (strncmp(message, STATE_CHUNK ":", sizeof(STATE_CHUNK)) == 0 &&
	    end != NULL)
		return end + 2;
	return message;
}

bool
mistake_is_of_options(const char *message)
{
	return strncmp(message, "options of ", 11) == 0;
}

/* An error without a place, as error({}) or error("", 0) make, gets that of
 * the policy's innermost function. */
static int
handle_error(lua_State *L)
{
	const struct mistake_place *place = lua_touserdata(
	    L, lua_upvalueindex(1));
	const char *message = error_text(L, place);
	lua_Debug at;

	for (int level = 1;
	     !mistake_is_of_options(message) &&
	     strstr(message, ".lua:") == NULL && lua_getstack(L, level, &at);
	     level++) {
		lua_getinfo(L, "Sl", &at);
		if (at.source[0] != '=' ||
		    strcmp(at.source + 1, place->file) != 0)
			continue;
		lua_pushfstring(
		    L, "%s:%d: %s", place->file, at.currentline, message);
		return 1;
	}
	lua_pushstring(L, message);
	return 1;
}

void
mistake_push_handler(lua_State *L, const struct mistake_place *place)
{
	lua_pushlightuserdata(L, (void *)place);
	lua_pushcclosure(L, handle_error, 1);
}
