/* SPDX-License-Identifier: ISC */
/*
 * The judge of a conversation: knows from the protocol reference which packet
 * is legal where, which is owed an answer and what content it carries, and
 * compares with what the engine did (kit/fuzz_process.h) and sent (kit/mta_bytes.h):
 *
 *  - exactly one final reply for each command that is owed one, in order;
 *    before the end of a message CONTINUE, or what the rule decides there;
 *    nothing after the close; nothing asked for that is not used;
 *  - every packet canonical and granted; edits at the end of a message only;
 *  - the connection is closed for the right reason, at the right packet;
 *  - the scanner is given all of the content, in order, and nothing else, and
 *    none once the rule has decided;
 *  - what is called clean or scanned was; the action is the configured one;
 *  - fields with our names are deleted, all of them, from the last to the
 *    first, in any message that goes on.
 */
#ifndef FUZZ_KIT_JUDGE_H
#define FUZZ_KIT_JUDGE_H

#include <stdbool.h>

#include "lib/span.h"

/* A new conversation; after host_start. */
void judge_start(void);

/* engine_input was called with in and has used as many bytes of it; closed: it
 * wants to close; why: engine_why. */
void judge_input(struct span in, size_t used, bool closed, const char *why);

/* engine_close was called. */
void judge_end(void);

#endif
