/* SPDX-License-Identifier: ISC */
/*
 * Keys in the monitor: having them read at the start, replacing them on
 * SIGHUP, and the two requests of scanners, STAMP and CHECK, between channel
 * and notary (keys/notary.h).  All of it does nothing where the configuration
 * neither stamps nor checks.
 */
#ifndef PRIVSEP_MONITOR_KEY_SERVICE_H
#define PRIVSEP_MONITOR_KEY_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "privsep/ipc/boot.h"

/* Keys are in use: makes the memory for them.  Before the filter is on; the
 * boot block must stay.  False with what is wrong and the mend in why. */
bool keys_setup(const struct monitor_boot *, char *why, size_t size);

/* Has the ring read by the key reader (keys/keys.c), the first time.  False
 * with what is wrong and the mend in why. */
bool keys_load(char *why, size_t size);

/* Says in the log which keys there are, and in the status which one stamps. */
void keys_log(void);

/* Says in the log, once a day, that the key we stamp with is about to end, has
 * ended or is not valid yet.  To be called every few seconds. */
void keys_look(void);

/* Answers a STAMP or CHECK that record_check has passed, on the channel of who
 * asks.  False: no scanner of ours asks so; no answer was given. */
bool keys_request(int fd, const void *record);

/* Reads the ring anew, and logs what came of it.  False: no keys are in use,
 * nothing was done. */
bool keys_reload(void);

#endif
