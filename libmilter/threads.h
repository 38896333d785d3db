/* SPDX-License-Identifier: ISC */
/*
 * The process's side of the sessions that libmilter runs in its threads: their
 * channels to the scanner, and how many there are.  The first group is called
 * in worker threads, the second by the loop (libmilter.c).
 */
#ifndef LIBMILTER_THREADS_H
#define LIBMILTER_THREADS_H

#include <libmilter/mfapi.h>
#include <stdbool.h>
#include <stdint.h>

#include "privsep/front/scanner_link.h"

/* A channel to the scanner that knows of no message yet, for that session,
 * which is in use by this thread and has none open. */
void threads_renew(struct scanner_link *);

/* A session begins: its memory, with a channel of its own to the scanner, in
 * use by this thread.  NULL: no memory. */
struct scanner_link *threads_open(void);

/* This thread works for that session now. */
void threads_use(struct scanner_link *, SMFICTX *);

/* The session is over. */
void threads_close(struct scanner_link *);

/* A message was begun, or is over but for the reply that libmilter sends. */
void threads_message(bool open);

/* A connection was closed, or (QUIT_NC) turned out to go on. */
void threads_connection(bool closed);

void threads_init(uint32_t scan_timeout);

/* The channel on which session channels go out, ours from now on; -1: none.
 * The one before is closed. */
void threads_set_scanner(int fd);

/* Connections that were given to libmilter and are not closed. */
uint32_t threads_count(void);

/* No message is open, and the last reply has had time to go out. */
bool threads_idle(uint64_t now);

#endif
