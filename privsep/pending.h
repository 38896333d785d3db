/* SPDX-License-Identifier: ISC */
/*
 * Connections that were accepted but have no session yet: silent ones, which
 * cost a descriptor and a deadline and nothing else, and ready ones that wait
 * for a place.  A fixed table; in the order of arrival, which is also the
 * order of deadlines.
 */
#ifndef PRIVSEP_PENDING_H
#define PRIVSEP_PENDING_H

#include <stdbool.h>
#include <stdint.h>

/* Descriptors of the listener beside pending ones: listening sockets,
 * channels, and the few that a fork needs for a moment. */
#define LISTENER_OTHER_FILES 64U

struct pending; /* the table; one per listener */

/* A table for so many connections, kept for so many milliseconds each, in a
 * process with at most so many other descriptors.  NULL if there is no
 * memory. */
struct pending *pending_make(uint32_t capacity, uint32_t others, uint32_t time);

/* Adds a connection that arrived now (milliseconds).  When the table is full
 * the oldest one's descriptor is returned for closing, else -1. */
int pending_add(struct pending *, int fd, uint64_t now);

/* fd has bytes to read, or hung up. */
void pending_ready(struct pending *, int fd);

/* The oldest ready connection, or -1; it stays in the table. */
int pending_first_ready(const struct pending *);

/* Takes fd out of the table, without closing it. */
void pending_remove(struct pending *, int fd);

/* The oldest connection if its time is over at now, or any if all is true;
 * else -1; it stays in the table. */
int pending_expired(const struct pending *, uint64_t now, bool all);

/* Milliseconds until the next expiry, or -1 if there is none. */
int pending_wait(const struct pending *, uint64_t now);

#endif
