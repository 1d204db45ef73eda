/* Names for requests that bring none.  [proxies] */
#include "request_id.h"

void
request_id_make(uint64_t *counter, char id[REQUEST_ID])
{
	static const char digits[16] = "0123456789abcdef";
	uint64_t z = *counter += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	for (int i = 0; i < REQUEST_ID; i++)
		id[i] = digits[z >> (60 - 4 * i) & 15];
}
