/* SPDX-License-Identifier: ISC */
/*
 * The scanner's side of parser/mail/process.h: where the parser's words become
 * records on the channel to the scanner.  What goes to the MTA
 * (process_mta_send) is each process's own affair: privsep/front/mta.c,
 * libmilter/threads.c.
 *
 * A session has memory of its own; a thread works for the session whose memory
 * it named last.  The session process has one thread and names it once.
 */
#ifndef PRIVSEP_FRONT_SCANNER_LINK_H
#define PRIVSEP_FRONT_SCANNER_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

struct scanner_link {
	size_t len; /* of the batch */
	struct wire_ends ends;
	uint32_t scan_timeout;
	/* The caller's; see link_lend. */
	uint8_t *lent;
	size_t lent_size;
	bool scanner_gone; /* for good: no channel is made anew */
	bool draining;
	bool yield;
	bool reading; /* objects of readings are being sent */
	bool have;    /* the result has come meanwhile */
	/* From the end of a message to its result: */
	struct span progress;
	uint64_t progress_at; /* to be sent then */
	uint64_t late;	      /* its time is over */
	/* Records wait here until they are worth a system call.  Last: what
	 * stands before it shares a page with its beginning. */
	uint8_t batch[RECORD_BATCH_MAX];
	/* What ordinary messages do not touch. */
	struct record_result early;
	uint8_t content[sizeof(struct record_content) + REPLAY_PIECE_MAX];
};

/* Names the memory that this thread uses; the listener before it forks. */
void link_use(struct scanner_link *);

/* Called first in a session.  ends.scanner may be -1: no scanner. */
void link_init(struct wire_ends, uint32_t scan_timeout);

/* Where the parser's input stands.  A long piece of body in there is not copied
 * into a batch: the records in front of it are written over the input before
 * it, which is used up.  Not called: everything is copied. */
void link_lend(uint8_t *input, size_t size);

/* Takes what the scanner says between two messages. */
void link_read_scanner(void);

/* The daemon is stopping: the session should end when no message is open. */
bool link_draining(void);

/* The session was asked, since this was last called, to make room if it has
 * long been idle. */
bool link_yields(void);

/* The scanner is there: its end of the channel is worth waiting for. */
bool link_scanner_there(void);

#endif
