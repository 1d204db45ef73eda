/*
 * What the two files of the client module share: client.c (one of them),
 * clients.c (all of them).  Nobody else includes this.
 */
#ifndef CLIENT_INTERNAL_H
#define CLIENT_INTERNAL_H

#include "client.h"
#include "list.h"
#include "parser.h"

enum client_state {
	CLIENT_IDLE,   /* between requests */
	CLIENT_HEAD,   /* part of a head has come */
	CLIENT_BUSY,   /* a request is being answered */
	CLIENT_FLUSH,  /* answered, but has not taken all of it yet */
	CLIENT_LINGER, /* closing: what it still sends is dropped */
	CLIENT_DEAD,
	CLIENT_STATES
};

struct client {
	struct stream stream;
	struct link link; /* in the list of its state */
	struct clients *clients;
	struct parser *parser;
	void *owner;
	char *ahead; /* bytes of requests to come */
	uint32_t ahead_len;
	uint8_t state;   /* enum client_state */
	bool head_given; /* on_request() was called, not yet client_end() */
	bool paused;     /* by the owner */
	bool closing;    /* no request may follow this one */
	bool says_close; /* the client itself sends nothing after it */
	bool served;     /* has had an answer */
	bool is_fed;     /* client_feed() is up the stack */
	bool tunnel;
	struct body body;
	size_t backlog;    /* FLUSH: when it was last looked at */
	uint64_t since_us; /* in this state */
	uint8_t peer_len;
	char peer[47];
};

struct clients {
	struct loop *loop;
	const struct client_calls *calls;
	void *context;
	struct list by_state[CLIENT_STATES];
	struct parser_limits limits;
	uint64_t head_us, idle_us, flush_us;
	int count;
	bool draining;
};

extern const struct stream_calls client_stream_calls;

void client_enter(struct client *, enum client_state);

/* Closes it; the memory goes at the end of the turn. */
void client_die(struct client *);

/* The same, and tells whoever answers its request. */
void client_leave(struct client *);

/* Refuses what cannot be handed up; the connection ends with it. */
void client_refuse(struct client *, int status, const char *reason);

/* Gives the parser back for others. */
void client_give_parser(struct client *);

#endif
