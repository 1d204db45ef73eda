/* Tokens compared.  [control] */
#include "bearer.h"

#include <string.h>
#include <strings.h>

#define SCHEME "Bearer "

/* Every byte given is looked at, whatever the others were; only the length of
 * what was given shows. */
static bool
is_same(const char *given, const char *token)
{
	size_t len = strlen(given), expected = strlen(token);
	volatile unsigned char differ = len != expected;

	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(given[i] ^ token[i % (expected + 1)]);
	return differ == 0;
}

bool
bearer_is_right(const char *authorization, const char *token)
{
	const size_t scheme = strlen(SCHEME);

	if (authorization == NULL ||
	    strncasecmp(authorization, SCHEME, scheme) != 0)
		return false;
	authorization += scheme;
	authorization += strspn(authorization, " ");
	return is_same(authorization, token);
}

bool
bearer_is_enough(const char *token, const struct address *address)
{
	return token[0] != '\0' || address_is_unix(address) ||
	       address_is_loopback(address);
}
