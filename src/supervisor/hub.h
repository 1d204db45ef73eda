/*
 * The supervisor as the hub of all channels: what control says to the proxies
 * and they to it passes here, and so does the generation that replaces the
 * current one.  [supervisor]
 */
#ifndef HUB_H
#define HUB_H

#include <stdbool.h>
#include "children.h"

/* Reads what this row's process has sent; true when control asks to stop. */
bool hub_read(struct supervisor *, int row);

/* After SIGCHLD: what the dead have said last still counts; as hub_read(). */
bool hub_reap(struct supervisor *, uint64_t now_us);

/* What the supervisor itself takes from a configuration. */
void hub_follow(struct supervisor *, const struct config *);

/* SIGUSR1: everybody opens its log files anew. */
void hub_reopen(struct supervisor *);

#endif
