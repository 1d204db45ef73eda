/*
 * Messages between the supervisor and its children: a pair of sockets per
 * child, one packet per message, a descriptor may travel along.
 * [every process]
 *
 * The supervisor is the hub: what control says to the proxies, and they to it,
 * passes through the supervisor by the message's direction.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

enum message_type {         /* direction			   */
	MESSAGE_RELOAD,     /* supervisor -> control: SIGHUP came */
	MESSAGE_PREPARE,    /* control -> proxies, with a generation */
	MESSAGE_PREPARED,   /* proxy -> control */
	MESSAGE_REFUSED,    /* proxy -> control, with the reason */
	MESSAGE_SWAP,       /* control -> proxies and supervisor */
	MESSAGE_ABORT,      /* control -> proxies: forget what was prepared */
	MESSAGE_RELOADING,  /* control -> supervisor: a reload begins */
	MESSAGE_RELOADED,   /* control -> supervisor: it has ended */
	MESSAGE_MEMBERSHIP, /* control -> proxies: look at the table now */
	MESSAGE_REOPEN,     /* supervisor -> all: SIGUSR1 came */
	MESSAGE_STOP,       /* control -> supervisor: as SIGTERM */
	MESSAGE_UPGRADE,    /* control -> supervisor: as SIGUSR2;
			     * supervisor -> control: why it failed */
	MESSAGE_DRAIN,      /* supervisor -> all: finish and exit */
};

#define MESSAGE_TEXT 1024

struct message {
	int32_t type;            /* enum message_type */
	int32_t process;         /* whose, set by the supervisor: row number */
	uint32_t generation;     /* PREPARE, PREPARED, REFUSED, SWAP, ABORT */
	char text[MESSAGE_TEXT]; /* REFUSED, RELOADED, UPGRADE: the reason */
};

bool channel_pair(int fds[2]);

/* False when the other side is gone or does not read.  `fd` -1: none. */
bool channel_send(int channel, const struct message *, int fd);

/* 1: a message, `fd` the descriptor with it or -1; 0: none now; -1: the other
 * side is gone. */
int channel_receive(int channel, struct message *, int *fd);

#endif
