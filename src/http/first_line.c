/*
 * Request lines and status lines.  [data plane, control's health checks, lab]
 */
#include "first_line.h"
#include "chars.h"
#include "target.h"

/* Reads "HTTP/1.1" from `len` bytes of the head.  A later minor version means
 * that the peer could do more: it is spoken to, and read, as 1.1 (RFC 9110
 * 2.5), which llhttp is shown as well. */
static bool
read_version(struct head *head, const char *at, size_t len, struct refusal *why)
{
	if (len < 8 || memcmp(at, "HTTP/", 5) != 0 ||
	    !char_is(at[5], CHAR_DIGIT) || at[6] != '.' ||
	    !char_is(at[7], CHAR_DIGIT))
		return refuse(why, 400, "bad HTTP version");
	if (at[5] != '1')
		return refuse(why, 505, "HTTP version is not 1.x");
	head->minor = at[7] > '0';
	if (at[7] > '1')
		head->bytes[at - head->bytes + 7] = '1';
	return true;
}

bool
first_line_request(
    struct head *head, size_t len, struct text target, struct refusal *why)
{
	size_t at = (size_t)(target.at - head->bytes);
	const char *after = target.at + target.len;
	const char *end = memchr(after, '\r', len - at - target.len);

	if (at < 2 || target.at[-1] != ' ' || target.at[-2] == ' ' ||
	    end == NULL || end - after != 9 || *after != ' ')
		return refuse(why, 400, "malformed request line");
	if (!read_version(head, after + 1, 8, why))
		return false;
	head->method_len = (uint16_t)(at - 1);
	return target_read(head, (uint16_t)at, (uint16_t)target.len, why);
}

bool
first_line_response(struct head *head, size_t len, struct refusal *why)
{
	const char *line = head->bytes;

	if (!read_version(head, line, len, why))
		return false;
	if (len < 12 || line[8] != ' ' || !char_is(line[9], CHAR_DIGIT) ||
	    !char_is(line[10], CHAR_DIGIT) || !char_is(line[11], CHAR_DIGIT) ||
	    (line[12] != ' ' && line[12] != '\r'))
		return refuse(why, 400, "malformed status line");
	head->status = (uint16_t)((line[9] - '0') * 100 +
				  (line[10] - '0') * 10 + (line[11] - '0'));
	if (head->status < 100 || head->status > 599)
		return refuse(why, 400, "status is not 100 to 599");
	if (line[12] == ' ') {
		head->reason_at = 13;
		head->reason_len = (uint16_t)(len - 13);
	}
	return true;
}
