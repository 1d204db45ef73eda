/*
 * Splits a request-target; strict about every byte of it.  [data plane, lab]
 */
#include "target.h"
#include "chars.h"

/* A host is written out twice, in Host and X-Forwarded-Host; no DNS name is
 * longer than 253 bytes, and a port takes six. */
#define HOST_MAX 260

static const char *
host_name_end(const char *at, const char *end)
{
	if (at < end && *at == '[') {
		for (at++; at < end && *at != ']'; at++)
			if (!char_is(*at, CHAR_HEX) && *at != ':' && *at != '.')
				return NULL;
		return at < end ? at + 1 : NULL;
	}
	while (at < end && char_is(*at, CHAR_HOST))
		at++;
	return at;
}

bool
target_is_host(struct text host)
{
	const char *end = host.at + host.len;
	const char *at = host_name_end(host.at, end);

	if (at == NULL || at == host.at || host.len > HOST_MAX)
		return false;
	if (at < end && *at == ':')
		for (at++; at < end && char_is(*at, CHAR_DIGIT); at++)
			;
	return at == end;
}

static void
split_query(struct head *head, uint16_t at, uint16_t len)
{
	const char *path = head->bytes + at;
	const char *mark = memchr(path, '?', len);

	head->path_at = at;
	head->path_len = mark == NULL ? len : (uint16_t)(mark - path);
	head->query_at = at + head->path_len;
	head->query_len = len - head->path_len;
}

static bool
set_host(struct head *head, uint16_t at, uint16_t len, struct refusal *why)
{
	head->host_at = at;
	head->host_len = len;
	if (!target_is_host(head_host(head)))
		return refuse(why, 400, "bad host in the request target");
	return true;
}

/* What follows "http://", which is `scheme_len` bytes long. */
static bool
read_absolute(struct head *head, uint16_t at, uint16_t len, uint16_t scheme_len,
    struct refusal *why)
{
	const char *target = head->bytes + at;
	uint16_t end = scheme_len;

	while (end < len && target[end] != '/' && target[end] != '?')
		end++;
	if (!set_host(head, at + scheme_len, end - scheme_len, why))
		return false;
	split_query(head, at + end, len - end);
	if (head->path_len == 0) {
		/* An empty path means "/": the scheme has one to borrow. */
		head->path_at = at + scheme_len - 1;
		head->path_len = 1;
	}
	return true;
}

static uint16_t
scheme_length(struct text target)
{
	static const struct text schemes[] = {
	    TEXT("http://"), TEXT("https://")};

	for (size_t i = 0; i < 2; i++)
		if (target.len > schemes[i].len &&
		    strncasecmp(target.at, schemes[i].at, schemes[i].len) == 0)
			return (uint16_t)schemes[i].len;
	return 0;
}

static bool
has_only_target_characters(struct text target)
{
	uint8_t all = CHAR_TARGET;

	for (size_t i = 0; i < target.len; i++)
		all &= char_classes[(unsigned char)target.at[i]];
	return all != 0;
}

bool
target_read(struct head *head, uint16_t at, uint16_t len, struct refusal *why)
{
	struct text target = head_text(head, at, len);
	uint16_t scheme_len;

	if (!has_only_target_characters(target))
		return refuse(why, 400,
		    memchr(target.at, '#', len) != NULL
			? "fragment in the request target"
			: "bad character in the request target");
	if (head->method == METHOD_CONNECT)
		return set_host(head, at, len, why);
	split_query(head, at, len);
	if (target.at[0] == '/')
		return true;
	if (text_is(target, TEXT("*")) && head->method == METHOD_OPTIONS)
		return true;
	scheme_len = scheme_length(target);
	if (scheme_len == 0)
		return refuse(why, 400, "bad request target");
	return read_absolute(head, at, len, scheme_len, why);
}
