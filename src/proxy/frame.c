/* The framing of a body on its way out.  [proxies] */
#include "frame.h"

static struct iovec
piece(char *at, size_t len)
{
	return (struct iovec){.iov_base = at, .iov_len = len};
}

int
frame_pieces(struct frame *frame, char *data, size_t len, bool done,
    struct iovec pieces[FRAME_PIECES])
{
	static char end[] = "\r\n0\r\n\r\n"; /* a chunk's, and the body's */
	int count = 0;

	if (frame->framing != FRAMING_CHUNKED) {
		if (len > 0)
			pieces[count++] = piece(data, len);
		return count;
	}
	if (len > 0) {
		pieces[count++] = piece(
		    frame->line, chunk_line(frame->line, len));
		pieces[count++] = piece(data, len);
		pieces[count++] = piece(end, done ? 7 : 2);
	} else if (done) {
		pieces[count++] = piece(end + 2, 5);
	}
	return count;
}
