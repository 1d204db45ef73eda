/*
 * The framing of a body on its way out: bytes as they are, or in chunks.
 * [proxies]
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>
#include "body.h"
#include "head.h"

struct frame {
	enum framing framing;
	char line[CHUNK_LINE_MAX]; /* before the chunk that is being sent */
};

/* Pieces that a body's next bytes are sent in, after whatever the caller put
 * into the vector before.  `done` adds the end.  Returns how many pieces. */
#define FRAME_PIECES 3
int frame_pieces(struct frame *, char *data, size_t len, bool done,
    struct iovec pieces[FRAME_PIECES]);

#endif
