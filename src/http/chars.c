/*
 * The table behind chars.h, one row per sixteen characters.  [data plane,
 * control's health checks, lab]
 *
 * A host name may be anything that RFC 3986 calls unreserved or escaped; its
 * sub-delims (a comma, say) are refused, as no real host has them and parsers
 * differ about them.
 */
#include "chars.h"

const uint8_t char_classes[256] = {
    /* clang-format off */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* controls */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* controls */
	0, 3, 2, 1, 3, 7, 3, 3, 2, 2, 3, 3, 2, 7, 7, 2, /* space to / */
	31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 2, 2, 2, 2, 2, 2, /* 0 to ? */
	2, 23, 23, 23, 23, 23, 23, 7, 7, 7, 7, 7, 7, 7, 7, 7, /* @ to O */
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2, 2, 2, 3, 7, /* P to _ */
	3, 23, 23, 23, 23, 23, 23, 7, 7, 7, 7, 7, 7, 7, 7, 7, /* ` to o */
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2, 3, 2, 7, 0, /* p to DEL */
    /* clang-format on */
};
