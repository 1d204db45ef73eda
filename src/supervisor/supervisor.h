/*
 * The first process: forks control and the proxies, starts them again when
 * they die, and passes on signals and messages.  It parses nothing that comes
 * from a network and runs no policy.  [supervisor]
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

/* Runs the gateway that this file configures until it is told to stop; returns
 * the exit status of the program. */
int supervisor_run(const char *config_path);

#endif
