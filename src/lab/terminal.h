/*
 * Where progress bars go.  [lab]
 */
#ifndef TERMINAL_H
#define TERMINAL_H

/* The width of the terminal behind standard error; 0 when there is none. */
int terminal_columns(void);

#endif
