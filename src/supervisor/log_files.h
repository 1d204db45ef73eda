/*
 * Log files that the configured user can write.  [supervisor]
 *
 * Control and the proxies open the logs themselves, as the user that they have
 * become, so that a rotation needs no more than a signal.  Where that user may
 * not make a file in the folder, root makes an empty one and gives it away.
 * Only a file that it has just made, and through no symbolic link: whoever owns
 * the folder could otherwise have any file of the system as a present.
 */
#ifndef LOG_FILES_H
#define LOG_FILES_H

#include <stdbool.h>
#include "config.h"

#define LOG_FILES_ERROR 1200

/* At the start, before a new configuration is used, and before logs are opened
 * anew.  False, with what to do, when one of the files cannot be written. */
bool log_files_prepare(const struct config *, char error[LOG_FILES_ERROR]);

#endif
