/* Where options stand in a configuration.  [loader] */
#include "places.h"

#include <string.h>

const char *
places_find(const char *places, const char *option, size_t *len)
{
	size_t option_len = strlen(option);
	const char *line = places, *found = places;

	for (; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, option, option_len) == 0 &&
		    line[option_len] == '\t') {
			found = line;
			break;
		}
	}
	found += strcspn(found, "\t");
	found += *found == '\t';
	*len = strcspn(found, "\n");
	return found;
}
