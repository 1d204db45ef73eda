/*
 * A listening socket on a free port of the loopback interface, which is
 * printed.  [benchmark]
 */
#ifndef LISTEN_H
#define LISTEN_H

/* Ends the program when there is none. */
int listen_anywhere(void);

#endif
