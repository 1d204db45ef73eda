/* Packets over a pair of sockets.  [every process] */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEAD_BYTES offsetof(struct message, text)

/* Room for one descriptor, aligned as the kernel wants it. */
union attachment {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

bool
channel_pair(int fds[2])
{
	return socketpair(AF_UNIX,
		   SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0;
}

static void
attach(struct msghdr *packet, union attachment *attachment, int fd)
{
	struct cmsghdr *header;

	memset(attachment, 0, sizeof(*attachment));
	packet->msg_control = attachment->room;
	packet->msg_controllen = sizeof(attachment->room);
	header = CMSG_FIRSTHDR(packet);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

/* A packet ends where its text ends. */
bool
channel_send(int channel, const struct message *message, int fd)
{
	size_t len = HEAD_BYTES + strnlen(message->text, MESSAGE_TEXT - 1);
	struct iovec bytes = {.iov_base = (void *)message, .iov_len = len};
	struct msghdr packet = {.msg_iov = &bytes, .msg_iovlen = 1};
	union attachment attachment;
	ssize_t sent;

	if (fd != -1)
		attach(&packet, &attachment, fd);
	do
		sent = sendmsg(channel, &packet, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == (ssize_t)len;
}

static int
attached(struct msghdr *packet)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(packet);
	int fd;

	if (header == NULL || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

int
channel_receive(int channel, struct message *message, int *fd)
{
	struct iovec bytes = {
	    .iov_base = message, .iov_len = sizeof(*message) - 1};
	union attachment attachment;
	struct msghdr packet = {.msg_iov = &bytes,
	    .msg_iovlen = 1,
	    .msg_control = attachment.room,
	    .msg_controllen = sizeof(attachment.room)};
	ssize_t len;

	memset(message, 0, sizeof(*message));
	*fd = -1;
	do
		len = recvmsg(channel, &packet, MSG_CMSG_CLOEXEC);
	while (len == -1 && errno == EINTR);
	if (len == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (len < (ssize_t)HEAD_BYTES)
		return -1;
	*fd = attached(&packet);
	return 1;
}
