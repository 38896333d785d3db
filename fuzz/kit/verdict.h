/* SPDX-License-Identifier: ISC */
/*
 * The answer to the end of a message: whether edits, final reply and report
 * are what the outcome and the configuration call for.
 */
#ifndef FUZZ_KIT_VERDICT_H
#define FUZZ_KIT_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/kit/fuzz_process.h"
#include "fuzz/kit/mta_bytes.h"

/* What the judge knows of a message from its packets. */
struct message {
	uint64_t size, header_size;
	uint32_t recipients, refused, fields;
	/* The rule decided, before the scan or after it. */
	bool ruled, overruled;
	bool too_big, limits; /* a limit of that kind was passed */
	uint32_t forged[2]; /* fields named as header_scanned, header_status */
};

/* More forged fields than are taken out. */
bool verdict_too_many(const struct message *);

/* Takes the packets up to and with the final reply off out. */
void verdict_check(const struct message *, const struct wire_offer *granted,
    const struct judged *, struct cursor *out);

#endif
