/* Where options stand in a configuration.  [loader] */
#include "places.h"

#include <string.h>

/* What follows an option and its tab, or NULL. */
static const char *
find(const char *places, const char *option)
{
	size_t option_len = strlen(option);
	const char *line = places;

	for (; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, option, option_len) == 0 &&
		    line[option_len] == '\t')
			return line + option_len + 1;
	}
	return NULL;
}

const char *
places_find(const char *places, const char *option, size_t *len)
{
	const char *found = find(places, option);

	if (found == NULL) {
		found = places + strcspn(places, "\t");
		found += *found == '\t';
	}
	*len = strcspn(found, "\t\n");
	return found;
}

const char *
places_path(const char *places, const char *option, size_t *len)
{
	const char *found = find(places, option);

	if (found != NULL)
		found += strcspn(found, "\t\n");
	if (found == NULL || *found != '\t')
		return NULL;
	*len = strcspn(++found, "\n");
	return found;
}
