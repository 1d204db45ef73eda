/*
 * Makes a generation from a configuration file: runs scheduler.lua, checks
 * every option, reads the registry, collects the policy's sources and tries
 * the policy.  [a short-lived child process]
 *
 * It runs in a process of its own because a configuration is a script: one
 * that loops, or a registry that takes seconds, then holds up nobody.
 */
#ifndef LOADER_H
#define LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LOADER_ERROR 4096

/* A sealed descriptor, with a report of what is doubtful ("" when nothing is);
 * or -1 with what is wrong, a line each ("conf/scheduler.lua:12: unknown key
 * ...").  Here and now: a script that loops forever does so here. */
int loader_load(const char *path, char report[LOADER_ERROR]);

/* How long one step may take in a child: a script, the registry, the trial. */
extern int loader_step_ms;

/* The same in a child, waited for: for the supervisor's
 * start and for `picket check`. */
int loader_run(const char *path, char report[LOADER_ERROR]);

/* The same in a child that is not waited for: `fd` becomes readable when it is
 * done, then call loader_finish() (which returns as above).  For control. */
struct loader;
struct loader *loader_start(const char *path);
int loader_fd(const struct loader *);
int loader_finish(struct loader *, char report[LOADER_ERROR]);
void loader_abandon(struct loader *); /* kills it */

#endif
