/* SPDX-License-Identifier: ISC */
/*
 * The stamps of one message in the session: are they looked at (is the client a
 * peer), how many fields are there, and which of the first STAMPS_MAX read as
 * stamps.  What they are worth is decided elsewhere.
 */
#ifndef PARSER_MAIL_STAMP_FIELDS_H
#define PARSER_MAIL_STAMP_FIELDS_H

#include "config/settings.h"
#include "lib/span.h"
#include "lib/stamp.h"

#define STAMPS_NO_PEER UINT32_MAX

struct candidate {
	uint32_t number; /* of the field among those of its name, from 1 */
	uint8_t stamp[STAMP_RECORD];
	uint8_t mac[STAMP_MAC];
};

struct stamps {
	uint32_t peer;	 /* index in the settings, or STAMPS_NO_PEER */
	uint32_t fields; /* of the stamp's name in this message */
	uint32_t candidates;
	bool sent;
	struct candidate candidate[STAMPS_MAX];
};

/* A connection of an unknown client. */
void stamps_reset(struct stamps *);

/* A new message of the same client. */
void stamps_clear(struct stamps *);

/* The client's IP address as text; "" for a client without one, which is no
 * peer. */
void stamps_connect(
    struct stamps *, const struct stamp_session *, const char *address);

/* A field of the stamp's name. */
void stamps_field(struct stamps *, struct span value);

/* All fields have come: hands the candidates to the scanner, once. */
void stamps_send(struct stamps *);

/* Why no stamp can be good, as far as is known here; STAMP_GOOD: there are
 * candidates. */
enum stamp_reason stamps_reason(const struct stamps *);

/* Was there a candidate of that number? */
bool stamps_has(const struct stamps *, uint32_t number);

#endif
