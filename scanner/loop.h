/* SPDX-License-Identifier: ISC */
/*
 * The scanner's one loop: waits, handles what came, runs what is due.
 */
#ifndef SCANNER_LOOP_H
#define SCANNER_LOOP_H

#include "config/settings.h"

/* Returns the exit status: 0 after STOP or when the monitor is gone. */
int loop_run(const struct scanner_settings *);

#endif
