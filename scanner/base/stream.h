/* SPDX-License-Identifier: ISC */
/*
 * The stream that clamd judges, made from a message's records in one pass:
 *
 *	lead-in line, fields as name ":" value CRLF with each LF of a fold
 *	turned into CRLF, blank line, body
 *
 * in a memfd that is sealed before it is handed on.  Nothing is searched or
 * decoded: the records say where a field begins.
 *
 * The lead-in is a Received: line of our own.  clamd takes bytes for mail by
 * their beginning, and this takes that choice away from the sender; and its
 * nonce keeps clamd's cache from answering for an earlier, failed scan.
 * Nothing in it is chosen by the sender.
 *
 * Pieces are collected and written with one system call at stream_flush; what
 * stream_body was given must stay where it is until then.  One stream is
 * collected at a time: flush or drop it before another one is touched.
 */
#ifndef SCANNER_BASE_STREAM_H
#define SCANNER_BASE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/outcome.h"
#include "lib/span.h"
#include "scanner/base/share.h"

/* The lead-in is shorter; files are at most max_message_size and this. */
#define STREAM_LEAD_MAX 128

enum stream_state {
	STREAM_NONE,
	STREAM_FIELDS,	/* fields may come */
	STREAM_BODY,	/* the blank line is out: no more fields */
	STREAM_SEALED,	/* whole: nobody can change it */
	STREAM_TOO_BIG, /* above the limit: memfd given back, the rest ignored */
	STREAM_BUSY,	/* no memory left for it: the same */
	STREAM_FAILED,	/* a fault of our own: the same */
};

struct stream {
	enum stream_state state;
	struct payer *payer; /* of the memfd; NULL: a canary, see memory.h */
	int memfd;	     /* -1: none (yet, or any more) */
	uint64_t len;	     /* message bytes so far, without the lead-in */
	uint64_t written;    /* all that is in the memfd: lead-in and message */
};

/* Makes the nonce's random part and sets the size limit for all streams.
 * Once, before lockdown.  False: no randomness. */
bool stream_setup(uint64_t max_message_size);

/* queue_id: letters and digits of it go into the memfd's name.  The payer is
 * set behind it, before the first flush. */
void stream_begin(struct stream *, struct span queue_id);

/* The same without lead-in, fields and blank line: for what is no mail. */
void stream_begin_bare(struct stream *, struct span name);

void stream_field(struct stream *, struct span name, struct span value);
void stream_body(struct stream *, struct span bytes);
void stream_flush(struct stream *);

/* The message is whole: flushes and seals.  OUTCOME_CLEAN stands for "fit to
 * be judged"; memfd then holds written bytes, can be read and has all four seals.
 * Any other outcome: there is no memfd. */
enum outcome stream_finish(struct stream *);

/* Gives the memfd back, if there is one. */
void stream_drop(struct stream *);

/* The same for one that was handed on, with what was written to it; payer is
 * NULL for the first. */
void stream_release(int memfd, uint64_t written);
void stream_release_of(int memfd, uint64_t written, const struct payer *);

#endif
