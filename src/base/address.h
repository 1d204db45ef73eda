/*
 * A socket address that was written by a person.  [every process]
 *
 *     127.0.0.1:9080   [::1]:9080   unix:/run/picket.sock
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/un.h>

#define ADDRESS_TEXT 116 /* "unix:" and the longest path */

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
	socklen_t len; /* 0: no address yet */
};

/* False, with a reason of a few words, when the text is none of the forms
 * above.  No names are looked up. */
bool address_parse(struct address *, const char *text, const char **reason);

/* As it would be written: "127.0.0.1:9080"; "-" when there is none. */
void address_text(const struct address *, char text[ADDRESS_TEXT]);

/* The host alone, without brackets or port: what X-Forwarded-For carries.
 * "unix:" for a Unix socket.  IPv4 in IPv6 is written as IPv4. */
void address_host(const struct address *, char text[ADDRESS_TEXT]);

bool address_equal(const struct address *, const struct address *);
bool address_is_loopback(const struct address *); /* false for Unix sockets */
bool address_is_unix(const struct address *);

#endif
