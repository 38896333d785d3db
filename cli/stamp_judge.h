/* SPDX-License-Identifier: ISC */
/*
 * What the daemon would say about the stamps of a message, determined with its
 * own code in one process: reader, notary, digests and comparison.  For
 * `pratique verify` and for the tests' driver.  One message at a time.
 */
#ifndef CLI_STAMP_JUDGE_H
#define CLI_STAMP_JUDGE_H

#include "config/settings.h"
#include "lib/stamp.h"
#include "scanner/compare.h"

#define JUDGE_PEER_NONE UINT32_MAX

struct judge {
	const struct stamp_settings *settings; /* notary_setup has them too */
	/* For what is not looked at by the daemon; NULL: all is. */
	const struct session_settings *session;
	uint32_t peer; /* index, or JUDGE_PEER_NONE */
	uint64_t now;
	struct database own;
};

struct judged {
	bool read; /* it is a stamp */
	struct stamp stamp;
	enum stamp_reason reason;
	enum digest_fault fault; /* for STAMP_NOT_DIGESTIBLE */
};

/* Forgets the message that was there. */
void judge_begin(const struct judge *);

/* As the MTA hands them over with the leading-space option. */
void judge_field(struct span name, struct span value);
void judge_body(struct span bytes);

/* After the whole message: its digests; how many stamp fields it has, and of
 * the first STAMPS_MAX what each is worth. */
const struct digests *judge_digests(void);
uint32_t judge_stamps(const struct judge *, struct judged out[STAMPS_MAX]);

/* Would the daemon look at a message of this size and so many fields?
 * OUTCOME_CLEAN: yes; else OUTCOME_TOO_BIG or OUTCOME_LIMITS. */
enum outcome judge_bounds(void);

/* The message's end: STAMP_GOOD and *good, the first good one's number from 1;
 * or the reason for a scan. */
enum stamp_reason judge_message(const struct judge *, uint32_t stamps,
    const struct judged of[STAMPS_MAX], uint32_t *good,
    enum digest_fault *fault);

#endif
