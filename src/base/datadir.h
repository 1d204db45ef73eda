/*
 * Where picket's own files lie: policies and library.  [supervisor, loader]
 *
 * What the variable PICKET_DATADIR names; else share/picket beside the program,
 * which in a build tree links to the sources; else ../share/picket, so that an
 * installed tree may be moved as a whole; else the place chosen when picket was
 * built.
 */
#ifndef DATADIR_H
#define DATADIR_H

/* Absolute, looked for once, and there for as long as the process lives. */
const char *datadir(void);
const char *datadir_policies(void);
const char *datadir_lib(void);

/* What is missing there and what to do, as for a program that was copied away
 * from its files; NULL: nothing. */
const char *datadir_fault(void);

/* The search itself: `given` by the variable, or NULL; `program` is the path of
 * the running program.  The result is the caller's. */
char *datadir_search(const char *given, const char *program);

#endif
