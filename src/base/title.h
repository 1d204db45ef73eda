/*
 * What `ps` shows of this process.  [supervisor; its children inherit it]
 */
#ifndef TITLE_H
#define TITLE_H

/* Makes room: arguments and environment move elsewhere, so call it once, when
 * nothing points to the arguments any more. */
void title_init(int argc, char **argv);

/* "picket: supervisor", cut to the room there is. */
void title_set(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
