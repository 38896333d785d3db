/* SPDX-License-Identifier: ISC */
/*
 * What the children say to the monitor: each record with the states in which a
 * child may send it, and what follows.  From whom it may come, and its size,
 * is in the table of records (privsep/ipc/record.c).  A child that says
 * anything else, or too much, is ended.
 */
#ifndef PRIVSEP_MONITOR_DISPATCH_H
#define PRIVSEP_MONITOR_DISPATCH_H

#include "privsep/monitor/children.h"

/* Reads one record of this child and does what follows; false if there is
 * none. */
bool dispatch_read(struct child *);

#endif
