/*
 * Reloads: a new generation everywhere, or nowhere.  [control]
 *
 *     IDLE -> LOADING -> PREPARING -> SWAPPING -> IDLE
 *
 * LOADING: a child makes the generation.  PREPARING: every proxy builds it
 * beside the old one and says whether it can.  SWAPPING: all are told to use
 * it, and the worker table is changed.  Whoever asks while one is under way may
 * have changed a file since: another follows for them.
 *
 * With the word to swap it is done: the supervisor sees to the proxies, and if
 * control dies before the table is changed, its successor changes it.
 */
#ifndef RELOAD_H
#define RELOAD_H

#include <stdbool.h>
#include <event2/event.h>
#include "channel.h"
#include "generation.h"
#include "process.h"

struct reload;

/* How it went: `text` is why it failed, or what takes effect only at the next
 * start ("" for nothing). */
typedef void reload_call(void *arg, bool ok, const char *text);

/* `on_swap` is called when a generation has become the current one, which the
 * caller owns from then on. */
struct reload *reload_new(struct event_base *, struct gateway *, int channel,
    void (*on_swap)(void *arg, struct generation *), void *arg);
void reload_free(struct reload *);

/* Changes the worker table to what the current generation lists, unless it
 * follows that already. */
void reload_finish(struct gateway *, const struct generation *);

/* Reloads, and says how that went; `call` may be NULL. */
void reload_ask(struct reload *, reload_call *call, void *arg);

/* A proxy's answer. */
void reload_hear(struct reload *, const struct message *);

#endif
