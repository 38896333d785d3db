/* SPDX-License-Identifier: ISC */
/*
 * Framing: length word, command byte, payload (docs/protocol.md, packets).
 *
 * packet_next looks at the start of the bytes that have arrived.  The length
 * is judged as soon as its four bytes are there, as an unsigned number, before
 * anything is waited for: 1 to 65536, the command byte included.  Probes that
 * speak HTTP or TLS to the port fail there.
 */
#ifndef PARSER_MILTER_PACKET_H
#define PARSER_MILTER_PACKET_H

#include "lib/span.h"

enum packet_result {
	PACKET_WHOLE,	  /* *out is filled */
	PACKET_NEED_MORE, /* what is there is the start of a legal packet */
	PACKET_BAD,	  /* length out of range: close */
};

struct packet {
	uint8_t command;     /* any byte: not judged here */
	struct span payload; /* views the input */
	size_t size;	     /* bytes of input that the packet takes */
};

/* Takes the packet at the start of in.  *out is written for PACKET_WHOLE
 * only. */
enum packet_result packet_next(struct span in, struct packet *out);

#endif
