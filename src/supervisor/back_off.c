/* Waiting longer and longer, up to a bound.  [supervisor] */
#include "back_off.h"

enum { FIRST_US = 100000, LONGEST_US = 5000000 };

uint64_t
back_off_us(unsigned quick_deaths)
{
	uint64_t delay_us = FIRST_US;

	if (quick_deaths == 0)
		return 0;
	for (unsigned i = 1; i < quick_deaths && delay_us < LONGEST_US; i++)
		delay_us *= 2;
	return delay_us < LONGEST_US ? delay_us : LONGEST_US;
}
