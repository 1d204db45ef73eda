/* Memory, or death.  [every process] */
#include "xmalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

static void *
existing(void *memory)
{
	if (memory == NULL)
		fatal("out of memory");
	return memory;
}

/* A size of 0 asks for 1: NULL always means that there is no memory. */
void *
xmalloc(size_t size)
{
	return existing(malloc(size > 0 ? size : 1));
}

void *
xcalloc(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return existing(calloc(count, size));
}

void *
xrealloc(void *memory, size_t size)
{
	return existing(realloc(memory, size > 0 ? size : 1));
}

char *
xstrdup(const char *text)
{
	return existing(strdup(text));
}

char *
xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) == -1)
		text = NULL;
	va_end(args);
	return existing(text);
}

char *
xrealpath(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : xstrdup(path);
}
