/* Names for requests that bring none.  [proxies] */
#include "request_id.h"

#include <endian.h>
#include <string.h>

/* Eight digits, the highest first: each half of a byte is spread over a byte,
 * and those above nine are moved up to the letters. */
static void
put_digits(char *out, uint32_t bits)
{
	uint64_t digits = bits;
	uint64_t letters;

	digits = (digits << 16 | digits) & 0x0000ffff0000ffff;
	digits = (digits << 8 | digits) & 0x00ff00ff00ff00ff;
	digits = (digits << 4 | digits) & 0x0f0f0f0f0f0f0f0f;
	letters = (digits + 0x0606060606060606) >> 4 & 0x0101010101010101;
	digits += 0x3030303030303030 + letters * ('a' - '9' - 1);
	digits = htobe64(digits);
	memcpy(out, &digits, sizeof(digits));
}

void
request_id_make(uint64_t *counter, char id[REQUEST_ID])
{
	uint64_t z = *counter += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	put_digits(id, (uint32_t)(z >> 32));
	put_digits(id + 8, (uint32_t)z);
}
