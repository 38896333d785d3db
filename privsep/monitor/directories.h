/* SPDX-License-Identifier: ISC */
/*
 * The directories of clamds' sockets: a child that has one bound into its root,
 * or as its root, sees the one that was there when it was started.  While a
 * socket is not there, it is looked at whether its directory has been made
 * anew.  In the monitor, which does nothing in them.
 */
#ifndef PRIVSEP_MONITOR_DIRECTORIES_H
#define PRIVSEP_MONITOR_DIRECTORIES_H

#include "privsep/ipc/boot.h"

/* The path of this clamd's socket is there, or is not. */
void directories_told(uint32_t index, bool gone);

/* Keeps what is there now: a child is about to be started.  True if something
 * is there that was not when this was last called. */
bool directories_look(const struct monitor_boot *);

/* A socket is gone and a directory new: says so in the log. */
bool directories_renewed(const struct monitor_boot *);

#endif
