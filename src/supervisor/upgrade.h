/*
 * A successor for the whole gateway: the program is started again with the
 * listening sockets of this one, reads its configuration, and takes over when
 * it serves.  If it does not come so far, nothing has happened.  [supervisor]
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include <stdbool.h>
#include "children.h"

void upgrade_begin(struct supervisor *);

/* Reads what the successor says; true when it serves. */
bool upgrade_read(struct supervisor *);

/* Ends a successor that does not serve yet: who stops this gateway wants no
 * other. */
void upgrade_give_up(struct supervisor *);

#endif
