/* SPDX-License-Identifier: ISC */
/*
 * Connections that were accepted but have no session yet, in a fixed table: a
 * connection is SILENT until it has said something, which costs a descriptor
 * and a deadline and nothing else; then it is READY and waits for a session,
 * or LEFT if its MTA has hung up since.  Each of the three in order: SILENT by
 * arrival, which is also the order of deadlines, the others by the time they
 * became so.
 */
#ifndef PRIVSEP_FRONT_PENDING_H
#define PRIVSEP_FRONT_PENDING_H

#include <stdbool.h>
#include <stdint.h>

/* Descriptors of the listener beside pending ones: listening sockets,
 * channels, and the few that a fork needs for a moment. */
#define LISTENER_OTHER_FILES 64U

enum pending_state {
	PENDING_SILENT,
	PENDING_READY,
	PENDING_LEFT,
	PENDING_STATES, /* not in the table */
};

struct pending; /* the table; one per listener */

/* A table for so many connections, silent ones kept for so many milliseconds,
 * in a process with at most so many other descriptors.  NULL if there is no
 * memory. */
struct pending *pending_make(uint32_t capacity, uint32_t others, uint32_t time);

/* Adds a connection that arrived now (milliseconds).  When the table is full a
 * descriptor is returned for closing, else -1: the oldest silent one, or else
 * the one that left first; if all are ready the new one has no place. */
int pending_add(struct pending *, int fd, uint64_t now);

/* fd has bytes to read (READY), and its MTA has hung up (LEFT). */
void pending_ready(struct pending *, int fd, bool left);

/* What fd is; PENDING_STATES if it is not in the table. */
enum pending_state pending_state(const struct pending *, int fd);

/* The first of a state, and the one after fd; -1 if there is none. */
int pending_first(const struct pending *, enum pending_state);
int pending_next(const struct pending *, int fd);

uint32_t pending_count(const struct pending *, enum pending_state);

/* Takes fd out of the table, without closing it. */
void pending_remove(struct pending *, int fd);

/* The oldest silent connection if its time is over at now; else -1.  It stays
 * in the table. */
int pending_expired(const struct pending *, uint64_t now);

/* Milliseconds until the next expiry, or -1 if there is none. */
int pending_wait(const struct pending *, uint64_t now);

#endif
