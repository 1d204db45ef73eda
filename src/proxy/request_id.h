/*
 * Names for requests that bring none: X-Request-Id.  [proxies]
 *
 * Sixteen hexadecimal digits of a mixed counter that begins at random
 * (splitmix64: Steele, Lea and Flood 2014), so that two proxies hardly ever
 * make the same.
 */
#ifndef REQUEST_ID_H
#define REQUEST_ID_H

#include <stdint.h>

#define REQUEST_ID 16 /* not NUL-terminated */

/* The counter begins with a random number. */
void request_id_make(uint64_t *counter, char id[REQUEST_ID]);

#endif
