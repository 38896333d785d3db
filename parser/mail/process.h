/* SPDX-License-Identifier: ISC */
/*
 * What the parser asks of the process it runs in.  Parsers and session logic
 * do no I/O and know no process; they call these functions, which
 * privsep/front/scanner_link.c and mta.c provide in the five-call process, and
 * stubs in unit tests and fuzz targets.  A link-time seam, not function
 * pointers: a table of those would be a gift to an attacker who takes the
 * process over.
 */
#ifndef PARSER_MAIL_PROCESS_H
#define PARSER_MAIL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/claims.h"
#include "lib/decoding.h"
#include "lib/outcome.h"
#include "lib/span.h"
#include "lib/stamp.h"

struct scan_result {
	enum outcome outcome;
	char name[256]; /* signature, NUL-terminated, clamd's bytes; else "" */
	struct reading_object object; /* INFECTED: in which; "": in the whole */
	/* CLEAN: 1, a new stamp is in stamp and mac.  CLEAN_BY_STAMP: number of
	 * the candidate that was good.  Otherwise 0. */
	uint32_t stamped;
	uint8_t stamp[STAMP_RECORD];
	uint8_t mac[STAMP_MAC];
};

enum replay {
	REPLAY_PIECE,	   /* here is one */
	REPLAY_END,	   /* there are no more bytes */
	REPLAY_NOT_STORED, /* the scanner has not got the message */
	REPLAY_FAILED, /* no answer in time, or the MTA or scanner is gone */
	/* Between process_scan_end and process_scan_result only: */
	REPLAY_NEEDLESS, /* the result is there */
	REPLAY_LATE,	 /* scan_timeout has passed */
};

/* Sends bytes to the MTA, all of them, within the write deadline.  False: the
 * MTA is gone; the caller stops. */
bool process_mta_send(struct span bytes);

/* The message goes to the scanner: begin, then fields in order, then body
 * pieces in order, then end and result.  Calls never fail here: what cannot be
 * delivered makes process_scan_result answer OUTCOME_INTERNAL.
 * candidates: there may be stamps that are looked at. */
void process_scan_begin(uint32_t message, const char *queue_id,
    const char *client_addr, bool candidates);

/* value as the MTA sent it with the leading-space option: exact bytes between
 * colon and line end, folds as LF + white space. */
void process_scan_field(struct span name, struct span value);

/* A stamp that was on the message; after the last field, at most STAMPS_MAX.
 * peer: index in the settings. */
struct candidate;
void process_scan_candidate(uint32_t peer, const struct candidate *);

void process_scan_body(struct span bytes);

/* It is whole.  size: message bytes; so_far: OUTCOME_CLEAN to have it judged, or
 * OUTCOME_TOO_BIG or OUTCOME_LIMITS if bytes were left out; readings: objects
 * follow, process_scan_read and then the result, else the result alone.
 * progress: the engine's packet, which stays until the result. */
void process_scan_end(uint32_t message, uint64_t size, enum outcome so_far,
    bool readings, struct span progress);

/* An object of a reading: begins, its bytes, its end (readings.h); then, that
 * there are no more.  In between, process_replay gives the message. */
void process_scan_part(const struct reading_object *);
void process_scan_part_bytes(struct span);
void process_scan_part_end(bool keep);
void process_scan_read(uint32_t message, enum read_end);

/* Waits for the outcome, at most scan_timeout from the end of the message on.
 * From there to here progress is sent to the MTA every few seconds as it
 * stands. */
void process_scan_result(uint32_t message, struct scan_result *out);

/* Drops the message; only after begin and before end. */
void process_scan_abort(void);

/* The message again, piece by piece, as it was stored and scanned: fields,
 * blank line, body.  After end and before process_claims.  at: 0, or the end of
 * a piece that was given.  piece is set with REPLAY_PIECE only, holds at least
 * one byte, and stays until the next call.  Whatever is not END leaves the
 * message incomplete. */
enum replay process_replay(uint32_t message, uint64_t at, struct span *piece);

/* The claims for the log line.  After end, or after abort. */
void process_claims(const struct claims *);

/* We are about to end the connection, and not because the MTA did; once, and
 * before an open message is dropped.  For the log. */
void process_closing(const char *why, const struct claims *);

#endif
