/* Datagrams for the service manager.  [supervisor] */
#include "notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

void
notify(const char *format, ...)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	char text[512];
	va_list arguments;
	socklen_t len;
	int fd;

	if (path == NULL || strlen(path) >= sizeof(to.sun_path))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	strcpy(to.sun_path, path);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			  strlen(path));
	if (to.sun_path[0] == '@') /* the abstract namespace */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || sendto(fd, text, strlen(text), MSG_NOSIGNAL,
			    (struct sockaddr *)&to, len) == -1)
		log_warn("cannot notify the service manager: %m");
	if (fd != -1)
		close(fd);
}

static bool is_reloading;

/* The time tells the manager which of its signals this answers. */
void
notify_reloading(void)
{
	is_reloading = true;
	notify("RELOADING=1\nMONOTONIC_USEC=%" PRIu64, clock_read_us());
}

void
notify_reloaded(const char *reason)
{
	if (!is_reloading)
		return;
	is_reloading = false;
	if (reason == NULL)
		notify("READY=1\nSTATUS=Serving");
	else
		notify("READY=1\nSTATUS=Reload refused: %.*s",
		    (int)strcspn(reason, "\n"), reason);
}
