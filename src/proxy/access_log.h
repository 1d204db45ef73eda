/*
 * The access log: one line per request, as text or JSON, buffered.  [proxies]
 *
 * Lines are collected and written together, when there are many or a second
 * has passed; several proxies append to the same file.
 */
#ifndef ACCESS_LOG_H
#define ACCESS_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "config.h"
#include "text.h"

struct access_entry {
	struct text method, path, func, worker, client, request_id;
	int status; /* 0: the client left before an answer */
	int attempts;
	uint32_t generation;
	uint64_t bytes_in, bytes_out; /* of the bodies */
	uint64_t queue_us, pick_us, first_byte_us, total_us;
	const char *error; /* why it failed; NULL: it did not */
};

struct access_log;

struct access_log *access_log_new(void);
void access_log_free(struct access_log *);

/* From now on as the configuration says: off, or to this file. */
void access_log_configure(struct access_log *, const struct config *);
bool access_log_is_on(const struct access_log *);

void access_log_write(struct access_log *, const struct access_entry *);
void access_log_flush(struct access_log *);
void access_log_reopen(struct access_log *); /* after a rotation */

#endif
