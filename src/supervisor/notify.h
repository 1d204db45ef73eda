/*
 * What the service manager hears: a datagram to $NOTIFY_SOCKET, as sd_notify(3)
 * tells.  Nothing is said where there is none.  [supervisor]
 */
#ifndef NOTIFY_H
#define NOTIFY_H

/* A reload begins; and ends, NULL: well, or with the reason why nothing has
 * changed.  An end without a beginning is not told. */
void notify_reloading(void);
void notify_reloaded(const char *reason);

/* "READY=1", "STOPPING=1", "MAINPID=42": one line or more. */
void __attribute__((format(printf, 1, 2))) notify(const char *format, ...);

#endif
