/* A connected socket in the event loop.  [proxies] */
#include "stream.h"

#include <assert.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net.h"
#include "xmalloc.h"

/* With it an end is told as such. */
#define EDGE (EV_ET | EV_CLOSED)

/* What the peer did not take yet, and the event that tells when it does. */
struct stream_output {
	struct event write;
	char *bytes; /* NULL: a connection is being made */
	size_t sent, len, size;
};

static void
output_free(struct stream *stream)
{
	if (stream->output == NULL)
		return;
	event_del(&stream->output->write);
	free(stream->output->bytes);
	free(stream->output);
	stream->output = NULL;
}

static void
stream_on_read(evutil_socket_t fd, short what, void *arg)
{
	struct stream *stream = arg;
	struct loop *loop = stream->loop;

	(void)fd;
	if (what & EV_CLOSED)
		stream_doubt(stream);
	stream->calls->on_readable(stream);
	if (loop->posted_count > 0 &&
	    (++loop->posted_age >= LOOP_POSTED || loop->picks_are_slow))
		stream_send_posted(loop);
}

static void
stream_watch(struct stream *stream, short edge)
{
	stream->edge = edge;
	event_assign(&stream->read, stream->loop->base, stream->fd,
	    EV_READ | EV_PERSIST | edge, stream_on_read, stream);
}

static bool
output_flush(struct stream *stream, int *error)
{
	struct stream_output *output = stream->output;
	ssize_t n;

	if (output->bytes == NULL) {
		*error = net_error(stream->fd);
		return *error == 0;
	}
	n = send(stream->fd, output->bytes + output->sent,
	    output->len - output->sent, MSG_NOSIGNAL);
	*error = n == -1 && errno != EAGAIN && errno != EINTR ? errno : 0;
	if (n > 0)
		output->sent += n;
	return *error == 0 && output->sent == output->len;
}

static void
stream_on_write(evutil_socket_t fd, short what, void *arg)
{
	struct stream *stream = arg;
	bool connected = stream->output->bytes == NULL;
	int error;
	bool drained = output_flush(stream, &error);
	size_t unsent = stream_unsent(stream);

	(void)fd;
	(void)what;
	if (!drained && error == 0)
		return;
	output_free(stream);
	if (!drained) {
		stream->calls->on_broken(stream, error, unsent);
		return;
	}
	if (connected && !stream->reading) {
		stream_watch(stream, EDGE);
		stream_resume(stream);
	}
	stream->calls->on_drained(stream);
}

static struct stream_output *
output_new(struct stream *stream)
{
	struct stream_output *output = xcalloc(1, sizeof(*output));

	stream_doubt(stream); /* libevent has either kind for one socket */
	event_assign(&output->write, stream->loop->base, stream->fd,
	    EV_WRITE | EV_PERSIST, stream_on_write, stream);
	event_add(&output->write, NULL);
	stream->output = output;
	return output;
}

static void
output_keep(struct stream *stream, const struct iovec *iov, int count)
{
	struct stream_output *output = stream->output;
	size_t len = 0;

	if (output == NULL)
		output = output_new(stream);
	for (int i = 0; i < count; i++)
		len += iov[i].iov_len;
	if (output->len + len > output->size) {
		output->size = output->len + len;
		output->bytes = xrealloc(output->bytes, output->size);
	}
	for (int i = 0; i < count; i++) {
		memcpy(output->bytes + output->len, iov[i].iov_base,
		    iov[i].iov_len);
		output->len += iov[i].iov_len;
	}
}

static void
stream_init(struct stream *stream, struct loop *loop, int fd,
    const struct stream_calls *calls)
{
	stream->output = NULL;
	stream->calls = calls;
	stream->loop = loop;
	stream->fd = fd;
	stream->posted = -1;
	stream->reading = false;
	stream_watch(stream, EDGE);
}

void
stream_open(struct stream *stream, struct loop *loop, int fd,
    const struct stream_calls *calls)
{
	stream_init(stream, loop, fd, calls);
	stream_resume(stream);
}

void
stream_open_connecting(struct stream *stream, struct loop *loop, int fd,
    const struct stream_calls *calls)
{
	stream_init(stream, loop, fd, calls);
	output_new(stream);
}

static struct posted *
stream_unpost(struct stream *stream)
{
	struct posted *posted = &stream->loop->posted[stream->posted];

	posted->stream = NULL;
	stream->posted = -1;
	return posted;
}

void
stream_close(struct stream *stream)
{
	if (stream->fd == -1)
		return;
	if (stream->posted != -1)
		stream_unpost(stream);
	output_free(stream);
	stream_pause(stream);
	close(stream->fd);
	stream->fd = -1;
}

ssize_t
stream_read(struct stream *stream, size_t max)
{
	ssize_t n;

	assert(max <= LOOP_INPUT);
	do
		n = recv(stream->fd, stream->loop->input, max, 0);
	while (n == -1 && errno == EINTR);
	if (n == (ssize_t)max)
		stream_doubt(stream);
	return n;
}

/* Drops what was sent from the front of the vector. */
static int
iov_advance(struct iovec **iov, int count, size_t sent)
{
	while (count > 0 && sent >= (*iov)->iov_len) {
		sent -= (*iov)->iov_len;
		(*iov)++;
		count--;
	}
	if (count > 0) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + sent;
		(*iov)->iov_len -= sent;
	}
	return count;
}

/* A head with little behind it goes as one piece, which may be posted, and to
 * copy so much costs less than what sendmsg() does beyond send(). */
static int
gather(struct loop *loop, struct iovec *iov, int count)
{
	size_t more = 0;

	for (int i = 1; i < count; i++)
		more += iov[i].iov_len;
	if (iov->iov_base != loop->output || more > LOOP_POSTED_BYTES ||
	    iov->iov_len + more > LOOP_OUTPUT)
		return count;
	for (int i = 1; i < count; i++) {
		memcpy(loop->output + iov->iov_len, iov[i].iov_base,
		    iov[i].iov_len);
		iov->iov_len += iov[i].iov_len;
	}
	return 1;
}

/* Not write() and writev(): they cost a tenth of a microsecond more. */
static ssize_t
send_now(int fd, struct iovec *iov, int count)
{
	struct msghdr message = {.msg_iov = iov, .msg_iovlen = count};

	if (count == 1)
		return send(fd, iov->iov_base, iov->iov_len, MSG_NOSIGNAL);
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static enum stream_result
send_or_keep(struct stream *stream, struct iovec *iov, int count)
{
	ssize_t n = send_now(stream->fd, iov, count);

	if (n == -1 && errno != EAGAIN && errno != EINTR)
		return STREAM_BROKEN;
	count = iov_advance(&iov, count, n == -1 ? 0 : n);
	if (count == 0)
		return STREAM_SENT;
	output_keep(stream, iov, count);
	return STREAM_WAITING;
}

static bool
may_post(const struct loop *loop, const struct iovec *iov)
{
	return iov->iov_base == loop->output &&
	       iov->iov_len <= LOOP_POSTED_BYTES &&
	       loop->posted_count < LOOP_POSTED && !loop->picks_are_slow;
}

#define CACHE_LINE 64

/* Nothing of it is copied: the next head is written behind it. */
static void
stream_post(struct stream *stream, const struct iovec *iov)
{
	struct loop *loop = stream->loop;

	stream->posted = loop->posted_count++;
	loop->posted[stream->posted] = (struct posted){
	    .stream = stream, .bytes = iov->iov_base, .len = iov->iov_len};
	loop->output += (iov->iov_len + CACHE_LINE - 1) & -CACHE_LINE;
}

enum stream_result
stream_flush(struct stream *stream)
{
	struct posted *posted;
	struct iovec iov;

	if (stream->posted == -1)
		return STREAM_SENT;
	posted = stream_unpost(stream);
	iov = (struct iovec){posted->bytes, posted->len};
	return send_or_keep(stream, &iov, 1);
}

void
stream_send_posted(struct loop *loop)
{
	for (int i = 0; i < loop->posted_count; i++) {
		struct posted *posted = &loop->posted[i];
		struct stream *stream = posted->stream;

		if (stream == NULL)
			continue;
		switch (stream_flush(stream)) {
		case STREAM_SENT:
			break;
		case STREAM_WAITING:
			if (stream->calls->on_kept != NULL)
				stream->calls->on_kept(stream);
			break;
		case STREAM_BROKEN:
			stream->calls->on_broken(stream, errno, posted->len);
			break;
		}
	}
	loop->posted_count = loop->posted_age = 0;
	loop->output = loop->outputs;
}

enum stream_result
stream_send(struct stream *stream, struct iovec *iov, int count)
{
	if (stream_flush(stream) == STREAM_BROKEN)
		return STREAM_BROKEN;
	if (stream->output != NULL) {
		output_keep(stream, iov, count);
		return STREAM_WAITING;
	}
	if (count > 1)
		count = gather(stream->loop, iov, count);
	if (count > 1 || !may_post(stream->loop, iov))
		return send_or_keep(stream, iov, count);
	stream_post(stream, iov);
	return STREAM_SENT;
}

bool
stream_is_waiting(const struct stream *stream)
{
	return stream->output != NULL;
}

size_t
stream_unsent(const struct stream *stream)
{
	if (stream->posted != -1)
		return stream->loop->posted[stream->posted].len;
	return stream->output ? stream->output->len - stream->output->sent : 0;
}

size_t
stream_backlog(const struct stream *stream)
{
	int queued = 0;

	ioctl(stream->fd, SIOCOUTQ, &queued);
	return stream_unsent(stream) + queued;
}

void
stream_pause(struct stream *stream)
{
	if (!stream->reading)
		return;
	event_del(&stream->read);
	stream->reading = false;
}

void
stream_resume(struct stream *stream)
{
	if (stream->reading)
		return;
	event_add(&stream->read, NULL);
	stream->reading = true;
}

void
stream_doubt(struct stream *stream)
{
	bool reading = stream->reading;

	if (stream->edge == 0)
		return;
	stream_pause(stream);
	stream_watch(stream, 0);
	if (reading)
		stream_resume(stream);
}

static bool
is_ready(const struct stream *stream, short events)
{
	struct pollfd p = {.fd = stream->fd, .events = events};

	return poll(&p, 1, 0) == 1;
}

bool
stream_peer_left(const struct stream *stream)
{
	return is_ready(stream, POLLRDHUP);
}

bool
stream_has_news(const struct stream *stream)
{
	if (stream->output != NULL)
		return is_ready(stream, POLLOUT);
	return stream->reading && is_ready(stream, POLLIN);
}
