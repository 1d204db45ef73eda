/* Where progress bars go.  [lab] */
#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

int
terminal_columns(void)
{
	struct winsize size;

	if (!isatty(STDERR_FILENO))
		return 0;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}
