/* Socket addresses from and to text.  [every process] */
#include "address.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
parse_unix(struct address *address, const char *path, const char **reason)
{
	size_t len = strlen(path);

	if (len == 0) {
		*reason = "no path after \"unix:\"";
		return false;
	}
	if (len >= sizeof(address->un.sun_path)) {
		*reason = "the path of a Unix socket has at most 107 bytes";
		return false;
	}
	address->un.sun_family = AF_UNIX;
	memcpy(address->un.sun_path, path, len + 1);
	address->len = sizeof(address->un);
	return true;
}

/* 1 to 5 digits, at most 65535; -1 for anything else.  Port 0 is allowed: the
 * system chooses one. */
static int
parse_port(const char *text)
{
	size_t len = strlen(text);
	int port;

	if (len < 1 || len > 5 || strspn(text, "0123456789") != len)
		return -1;
	port = atoi(text);
	return port <= 65535 ? port : -1;
}

/* Copies text up to `end`, which must leave room. */
static bool
copy_host(char host[INET6_ADDRSTRLEN], const char *text, const char *end)
{
	size_t len = (size_t)(end - text);

	if (len >= INET6_ADDRSTRLEN)
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	return true;
}

static bool
parse_in6(struct address *address, const char *text, const char *bracket)
{
	char host[INET6_ADDRSTRLEN];

	if (!copy_host(host, text + 1, bracket) ||
	    inet_pton(AF_INET6, host, &address->in6.sin6_addr) != 1)
		return false;
	address->in6.sin6_family = AF_INET6;
	address->len = sizeof(address->in6);
	return true;
}

static bool
parse_in(struct address *address, const char *text, const char *colon)
{
	char host[INET6_ADDRSTRLEN];

	if (!copy_host(host, text, colon) ||
	    inet_pton(AF_INET, host, &address->in.sin_addr) != 1)
		return false;
	address->in.sin_family = AF_INET;
	address->len = sizeof(address->in);
	return true;
}

bool
address_parse(struct address *address, const char *text, const char **reason)
{
	const char *bracket = strrchr(text, ']');
	const char *colon = strrchr(text, ':');
	bool is_in6 = text[0] == '[' && bracket != NULL;
	int port;

	memset(address, 0, sizeof(*address));
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(address, text + 5, reason);

	if (colon == NULL || (is_in6 && colon != bracket + 1)) {
		*reason = "no \":port\" at its end";
		return false;
	}
	port = parse_port(colon + 1);
	if (port == -1) {
		*reason = "the port is not a number from 0 to 65535";
		return false;
	}
	if (!(is_in6 ? parse_in6(address, text, bracket)
		     : parse_in(address, text, colon))) {
		memset(address, 0, sizeof(*address));
		*reason = "the host is no IPv4 address and no [IPv6] address";
		return false;
	}
	/* sin_port and sin6_port are the same bytes. */
	address->in.sin_port = htons((uint16_t)port);
	return true;
}

/* A peer's Unix socket has no path, and the kernel may fill all of sun_path
 * without a NUL. */
static void
unix_text(const struct address *address, char text[ADDRESS_TEXT])
{
	size_t start = offsetof(struct sockaddr_un, sun_path);
	size_t len = address->len > start ? address->len - start : 0;

	len = strnlen(address->un.sun_path, len);
	snprintf(
	    text, ADDRESS_TEXT, "unix:%.*s", (int)len, address->un.sun_path);
}

void
address_text(const struct address *address, char text[ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN];

	if (address->len == 0) {
		snprintf(text, ADDRESS_TEXT, "-");
	} else if (address_is_unix(address)) {
		unix_text(address, text);
	} else if (address->any.sa_family == AF_INET6) {
		inet_ntop(
		    AF_INET6, &address->in6.sin6_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT, "[%s]:%u", host,
		    ntohs(address->in6.sin6_port));
	} else {
		inet_ntop(AF_INET, &address->in.sin_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT, "%s:%u", host,
		    ntohs(address->in.sin_port));
	}
}

/* What inet_ntop() writes by way of sprintf(), for every connection that comes:
 * an eighth of the instructions that it takes. */
static void
put_ipv4(const uint8_t octets[4], char *text)
{
	for (int i = 0; i < 4; i++) {
		unsigned octet = octets[i];

		if (octet >= 100)
			*text++ = (char)('0' + octet / 100);
		if (octet >= 10)
			*text++ = (char)('0' + octet / 10 % 10);
		*text++ = (char)('0' + octet % 10);
		*text++ = i < 3 ? '.' : '\0';
	}
}

void
address_host(const struct address *address, char text[ADDRESS_TEXT])
{
	const struct in6_addr *in6 = &address->in6.sin6_addr;

	if (address->len == 0)
		snprintf(text, ADDRESS_TEXT, "-");
	else if (address_is_unix(address))
		snprintf(text, ADDRESS_TEXT, "unix:");
	else if (address->any.sa_family == AF_INET)
		put_ipv4((const void *)&address->in.sin_addr, text);
	else if (IN6_IS_ADDR_V4MAPPED(in6))
		put_ipv4(in6->s6_addr + 12, text);
	else
		inet_ntop(AF_INET6, in6, text, ADDRESS_TEXT);
}

bool
address_equal(const struct address *a, const struct address *b)
{
	char a_text[ADDRESS_TEXT], b_text[ADDRESS_TEXT];

	if (a->len == 0 || b->len == 0)
		return a->len == b->len;
	if (a->any.sa_family != b->any.sa_family)
		return false;
	switch (a->any.sa_family) {
	case AF_INET:
		return a->in.sin_port == b->in.sin_port &&
		       a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	case AF_INET6:
		return a->in6.sin6_port == b->in6.sin6_port &&
		       a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
		       IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
	default:
		unix_text(a, a_text);
		unix_text(b, b_text);
		return strcmp(a_text, b_text) == 0;
	}
}

bool
address_is_loopback(const struct address *address)
{
	const struct in6_addr *in6 = &address->in6.sin6_addr;
	const uint8_t *in = (const uint8_t *)&address->in.sin_addr;

	if (address->len == 0 || address_is_unix(address))
		return false;
	if (address->any.sa_family == AF_INET6) {
		if (!IN6_IS_ADDR_V4MAPPED(in6))
			return IN6_IS_ADDR_LOOPBACK(in6);
		in = in6->s6_addr + 12;
	}
	return in[0] == 127;
}

bool
address_is_unix(const struct address *address)
{
	return address->len > 0 && address->any.sa_family == AF_UNIX;
}
