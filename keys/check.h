/* SPDX-License-Identifier: ISC */
/*
 * The keys as the daemon would read them, with what an operator should know of
 * them: for `pratiqued -T` and for pratique(8).
 */
#ifndef KEYS_CHECK_H
#define KEYS_CHECK_H

#include <stdio.h>

#include "config/config.h"
#include "keys/key_file.h"

/* Are there keys to be read at all?  Where nothing is stamped nor checked the
 * daemon reads none. */
bool keys_wanted(const struct config *);

/* The directory that the daemon reads: the one of the configuration, else
 * where the service manager has put credentials (NULL: nowhere), else
 * CONFIG_KEY_DIR. */
const char *keys_dir(const struct config *, const char *credentials);

/* A line on err, if the key is not valid now, or not for long. */
void keys_warn(const char *where, const struct key *, uint64_t now, FILE *err);

/* Reads them, as at the start and at SIGHUP: they are the ring in use then.
 * False, if the daemon would not take them, with a line on err.  keys_warn for
 * each.  After keyring_setup. */
bool keys_check(
    const struct config *, const char *dir, uint64_t now, FILE *err);

#endif
