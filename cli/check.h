/* SPDX-License-Identifier: ISC */
/*
 * The keys as the daemon would read them, with its own code, and what an
 * operator should know about them.
 */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include <stdio.h>

#include "config/config.h"
#include "keys/key_file.h"

/* Where systemd has put the credentials of this process, or of our unit; NULL:
 * nowhere. */
const char *check_credentials(void);

/* Writes a line to err if the key is not valid now, or not for much longer. */
void check_warn(const char *where, const struct key *, uint64_t now, FILE *err);

/* Reads them, as the daemon does at its start and on SIGHUP: they are the ring
 * in use afterwards.  False, with a line on err, if the daemon would refuse
 * them.  Calls check_warn for each.  After keyring_setup. */
bool check_keys(
    const struct config *, const char *dir, uint64_t now, FILE *err);

#endif
