/* SPDX-License-Identifier: ISC */
/*
 * What serves connections, behind the front door that all engines share
 * (front.h): processes (listener.c), or libmilter's threads
 * (libmilter/libmilter.c).  A link-time seam: each program has one of them.
 */
#ifndef PRIVSEP_FRONT_SERVE_H
#define PRIVSEP_FRONT_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "privsep/front/door.h"
#include "privsep/front/front_boot.h"
#include "privsep/front/load.h"

/* Allocates and opens what it needs, and fills in how the door is to be opened
 * (listens and silent_time are there).  The process is confined but for its
 * filter; the boot block stays.  NULL, or what went wrong. */
const char *serve_prepare(const struct front_boot *, struct door_plan *);

/* The door is open: descriptors of its own can be watched.  Before the
 * filter. */
void serve_watch(void);

/* The filter is in force. */
void serve_start(void);

/* The channel on which session channels go out, its own from now on; -1: there
 * is none.  The one before is closed. */
void serve_scanner(int fd);

/* An event that is neither the monitor's nor the scanner's. */
void serve_event(uint64_t data, uint64_t now);

/* Serves what door_next has; LOAD_NONE, or why something is left waiting. */
enum load_why serve_ready(void);

/* The last act of a turn of the loop. */
void serve_turn(uint64_t now);

/* Milliseconds until serve_turn or serve_ready have something to do without an
 * event; -1: never.  why: as serve_ready said last. */
int serve_time(uint64_t now, enum load_why why);

/* Sessions there are; whether they can be asked to make room. */
uint32_t serve_count(void);
bool serve_may_yield(void);

/* The door is shut and empty.  Can the process end? */
bool serve_is_over(uint64_t now);

/* Is it time for a successor, whatever the scanner does?  And: one was asked
 * for. */
bool serve_is_old(uint64_t now);
void serve_renewed(uint64_t now);

#endif
