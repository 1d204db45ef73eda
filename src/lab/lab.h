/*
 * The policy lab: simulated workers, live load and, in Lua, everything that
 * runs in virtual time.  [processes of their own, no part of a gateway]
 *
 * Each function is a subcommand: argv[0] is its name ("worker"), the result
 * the exit code.
 */
#ifndef LAB_H
#define LAB_H

int lab_main(int argc, char **argv);        /* picket lab ... */
int lab_worker_main(int argc, char **argv); /* picket worker ... */
int lab_replay_main(int argc, char **argv); /* picket replay ... */

#endif
