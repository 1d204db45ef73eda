/*
 * What the service manager hears: a datagram to $NOTIFY_SOCKET, as sd_notify(3)
 * tells.  Nothing is said where there is none.  [supervisor]
 */
#ifndef NOTIFY_H
#define NOTIFY_H

/* "READY=1", "STOPPING=1", "MAINPID=42": one line or more. */
void __attribute__((format(printf, 1, 2))) notify(const char *format, ...);

#endif
