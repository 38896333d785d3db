/* SPDX-License-Identifier: ISC */
/*
 * The process that accepts connections, with whichever engine: its start, its
 * loop, and its side of the channels to the monitor and to the scanner.  What
 * serves a connection is behind serve.h.
 */
#ifndef PRIVSEP_FRONT_FRONT_H
#define PRIVSEP_FRONT_FRONT_H

#include <stdbool.h>
#include <stdnoreturn.h>

/* The program, from its first act to its last; argc as main has it. */
noreturn void front_main(int argc);

/* A record to the monitor.  Ends the process if the monitor is gone. */
void front_tell(const void *record);

/* The daemon is stopping: sessions are given no more time than they need. */
bool front_is_stopping(void);

/* Of two waits in milliseconds the shorter; -1 is for ever. */
int front_shorter(int a, int b);

#endif
