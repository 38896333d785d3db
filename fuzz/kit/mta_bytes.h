/* SPDX-License-Identifier: ISC */
/*
 * A second opinion on what we send to an MTA, written from the protocol
 * reference and without a look at parser/milter/encoder.c and parser/mail/canonical.c: takes
 * our bytes apart and NEEDs every packet to be granted and canonical.
 */
#ifndef FUZZ_KIT_MTA_BYTES_H
#define FUZZ_KIT_MTA_BYTES_H

#include "lib/span.h"

struct wire_packet {
	uint8_t code;
	struct span payload;
};

struct wire_offer {
	uint32_t version, actions, flags;
};

struct wire_header {
	uint32_t index; /* 0 for ADDHEADER */
	struct span name;
	struct span value; /* without the negotiated leading space */
};

/* Takes the next packet; there must be a whole one. */
struct wire_packet wire_next(struct cursor *);

/* The answer to OPTNEG: no more than was offered (an offer of 0 stands for the
 * oldest MTA's), macro lists exactly if they are granted.  Returns it. */
struct wire_offer wire_answer(
    const struct wire_packet *, const struct wire_offer *offer);

/* Any other packet. */
void wire_check(const struct wire_packet *, const struct wire_offer *granted);

/* Whether it ends the answer to a command; one that may come before it is an
 * edit. */
bool wire_is_final(uint8_t code);

/* The parts of a checked ADDHEADER, INSHEADER or CHGHEADER. */
struct wire_header wire_header(
    const struct wire_packet *, const struct wire_offer *granted);

bool wire_printable(struct span);

#endif
