/*
 * What `ps` shows of this process.  [supervisor; its children inherit it]
 *
 * Linux shows the memory in which the arguments were passed.  The environment
 * lies right behind them, so its strings are copied away and their memory is
 * used as well.
 */
#include "title.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xmalloc.h"

static char *room;
static size_t room_size;

/* Extends the room by the strings that lie right behind it. */
static char *
extend(char *end, char **strings)
{
	for (int i = 0; strings[i] != NULL; i++)
		if (strings[i] == end)
			end += strlen(strings[i]) + 1;
	return end;
}

/* The strings in one piece, which is kept to the end: whoever unsets a variable
 * loses only his way to it. */
static void
move_environment(void)
{
	static char *strings;
	size_t count = 0, size = 0;
	char **copy, *end;

	for (; environ[count] != NULL; count++)
		size += strlen(environ[count]) + 1;
	copy = xcalloc(count + 1, sizeof(*copy));
	end = strings = xmalloc(size + 1);
	for (size_t i = 0; i < count; i++) {
		copy[i] = end;
		end = stpcpy(end, environ[i]) + 1;
	}
	environ = copy;
}

void
title_init(int argc, char **argv)
{
	if (argc < 1)
		return;
	room = argv[0];
	room_size = (size_t)(extend(extend(room, argv), environ) - room);
	move_environment();
}

void
title_set(const char *format, ...)
{
	va_list args;

	if (room_size == 0)
		return;
	memset(room, 0, room_size);
	va_start(args, format);
	vsnprintf(room, room_size, format, args);
	va_end(args);
}
