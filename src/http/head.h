/*
 * The head of one HTTP/1.x message, parsed: who asks for what, the header
 * fields, how the body is framed, and what may not be passed on.
 * [data plane, control's health checks, lab]
 *
 * A head owns its bytes and keeps places in them as offsets, so that it can be
 * kept until the request is done and written out again for every attempt.  It
 * is never passed on raw: head_write_*() make a normalised one.
 */
#ifndef HEAD_H
#define HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "text.h"

/* Offsets are 16 bits wide: no head is longer. */
#define HEAD_BYTES_MAX 65535

/* So many bytes behind a head can be read as well, whatever they are: its texts
 * may be looked at and copied by the block. */
#define HEAD_SLACK 16

/* Fields that the gateway itself looks at; all others are FIELD_OTHER. */
enum field_id {
	FIELD_OTHER,
	FIELD_CONNECTION,
	FIELD_CONTENT_LENGTH,
	FIELD_EXPECT,
	FIELD_FORWARDED,
	FIELD_HOST,
	FIELD_KEEP_ALIVE,
	FIELD_PROXY_AUTHENTICATE,
	FIELD_PROXY_AUTHORIZATION,
	FIELD_PROXY_CONNECTION,
	FIELD_TE,
	FIELD_TRAILER,
	FIELD_TRANSFER_ENCODING,
	FIELD_UPGRADE,
	FIELD_VIA,
	FIELD_X_FORWARDED_FOR,
	FIELD_X_FORWARDED_HOST,
	FIELD_X_FORWARDED_PROTO,
	FIELD_X_PICKET_UTILIZATION,
	FIELD_X_REAL_IP,
	FIELD_X_REQUEST_ID,
};

struct field {
	uint16_t name_at, name_len;
	uint16_t value_at, value_len; /* without white space around it */
	uint8_t id;                   /* enum field_id */
	bool hop_by_hop; /* by itself, or named by Connection: not passed on */
};

enum method {
	METHOD_OTHER, /* some other token that llhttp knows */
	METHOD_CONNECT,
	METHOD_DELETE,
	METHOD_GET,
	METHOD_HEAD,
	METHOD_OPTIONS,
	METHOD_PATCH,
	METHOD_POST,
	METHOD_PUT,
	METHOD_TRACE,
};

enum framing {
	FRAMING_NONE,     /* no body */
	FRAMING_LENGTH,   /* Content-Length, above 0 */
	FRAMING_CHUNKED,  /* Transfer-Encoding: chunked */
	FRAMING_TO_CLOSE, /* a response that ends with the connection */
};

struct head {
	char *bytes; /* the head as it came, up to its empty line */
	uint16_t len;
	uint8_t minor;   /* HTTP/1.minor: 0 or 1 */
	bool keep_alive; /* the peer allows another message after this one */
	bool upgrade;    /* Upgrade is offered rightly, and not to HTTP/2 */
	bool expects_continue;   /* a request with Expect: 100-continue */
	uint8_t framing;         /* enum framing */
	uint64_t content_length; /* for FRAMING_LENGTH; a HEAD's answer too */
	bool has_content_length;

	/* a request */
	uint8_t method; /* enum method */
	uint16_t method_at, method_len;
	uint16_t path_at, path_len;   /* of the target, without the query */
	uint16_t query_at, query_len; /* with its '?'; empty without one */
	uint16_t host_at, host_len;   /* Host, or the absolute target's */

	/* a response */
	uint16_t status;
	uint16_t reason_at, reason_len;

	uint16_t field_count;
	struct field *fields;
	uint32_t ids;      /* a bit, 1 << id, for each id among the fields */
	uint32_t repeated; /* and for each that two fields have */
};

static inline struct text
head_text(const struct head *head, uint16_t at, uint16_t len)
{
	return (struct text){head->bytes + at, len};
}

#define head_method(head) head_text(head, (head)->method_at, (head)->method_len)
#define head_path(head) head_text(head, (head)->path_at, (head)->path_len)
#define head_query(head) head_text(head, (head)->query_at, (head)->query_len)
#define head_host(head) head_text(head, (head)->host_at, (head)->host_len)

static inline bool
head_has(const struct head *head, enum field_id id)
{
	return (head->ids >> id & 1) != 0;
}

static inline bool
head_repeats(const struct head *head, enum field_id id)
{
	return (head->repeated >> id & 1) != 0;
}

/* The first field of this name, in whatever case; NULL when there is none. */
const struct field *head_find(const struct head *, struct text name);
const struct field *head_find_id(const struct head *, enum field_id);
struct text head_value(const struct head *, const struct field *);

/* GET, HEAD, OPTIONS, TRACE, PUT, DELETE: may be sent twice (RFC 9110 9.2.2) */
bool method_is_idempotent(enum method);

/* How a head that is passed on differs from the one that came. */
struct rewrite {
	/* a request: the new path and query; the peer that sent it; the id
	 * that was made for it, empty when the request brought one */
	struct text path, query;
	struct text client; /* for X-Forwarded-For, "203.0.113.7" */
	struct text host;   /* for Host, when the request has none */
	struct text request_id;

	/* both: the framing of the body as it goes out, and with it the
	 * Content-Length for FRAMING_LENGTH */
	enum framing framing;
	uint64_t content_length;
	bool keep_content_length; /* a body-less answer that names a length:
				     HEAD, 304 */
	bool upgrade;             /* pass Upgrade on */
	bool drop_expect;         /* a request whose 100 we sent ourselves */
	/* a response: what Connection says to the client */
	uint8_t minor;   /* the client's HTTP/1.minor */
	bool keep_alive; /* the client's connection stays open */
};

/* Writes a head to be sent, empty line and all: hop-by-hop fields left out,
 * Via, X-Forwarded-For, -Proto, -Host and X-Request-Id added (requests), Via
 * (responses; none on a 1xx).  A worker is asked in HTTP/1.1 and its connection
 * kept. Returns its length; 0 when `size` is too small: HEAD_WRITE_EXTRA bytes
 * above the head with the rewrite's texts instead of its path and query
 * suffice. */
#define HEAD_WRITE_EXTRA 512
size_t head_write_request(
    const struct head *, const struct rewrite *, char *out, size_t size);
size_t head_write_response(
    const struct head *, const struct rewrite *, char *out, size_t size);

/* The standard reason phrase of a status: "Not Found"; "" if unknown. */
const char *status_reason(int status);

#endif
