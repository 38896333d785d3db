/* SPDX-License-Identifier: ISC */
/*
 * The scan stamp as a record of 216 bytes: what the MAC is made over, and the
 * only form in which stamps travel between our processes.  Layout, version 1,
 * big-endian, strings padded with NUL:
 *
 *	  0 magic 16	 16 scope, result, flags, 0	 20 database 4
 *	 24 time 8	 32 expiry 8	40 database time 8	48 id 8
 *	 56 key id 16	 72 profile 16	88 engine 32
 *	120 body 32	152 header 32	184 address 32
 *
 * Pure; linked into every program.  No secret has a place in here.
 */
#ifndef LIB_STAMP_H
#define LIB_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define STAMP_RECORD	  216
#define STAMP_MAC	  32
#define STAMP_DIGEST	  32
#define STAMP_ID	  8
#define STAMP_KEY_MAX	  16 /* bytes of a key id */
#define STAMP_PROFILE_MAX 15
#define STAMP_ENGINE_MAX  31
/* Times and numbers in a stamp: what a double holds exactly. */
#define STAMP_NUMBER_MAX (UINT64_C(1) << 53)
/* Looked at in one message; more are abuse. */
#define STAMPS_MAX 8

/* Fields that the message did not have when it was scanned. */
#define STAMP_NO_DATE	    1U
#define STAMP_NO_MESSAGE_ID 2U
#define STAMP_FLAGS	    (STAMP_NO_DATE | STAMP_NO_MESSAGE_ID)

/* Scope virus and result clean: version 1 has no others. */
struct stamp {
	uint8_t flags;
	uint32_t database; /* number of clamd's daily database */
	uint64_t time;	   /* all times: seconds since 1970 */
	uint64_t expiry;
	uint64_t database_time;
	uint8_t id[STAMP_ID];
	char key[STAMP_KEY_MAX + 1];
	char profile[STAMP_PROFILE_MAX + 1];
	char engine[STAMP_ENGINE_MAX + 1];
	uint8_t body[STAMP_DIGEST];
	uint8_t header[STAMP_DIGEST];
	uint8_t address[STAMP_DIGEST];
};

/* Why a stamp is not good, in the order of checking; or why there is none. */
enum stamp_reason {
	STAMP_GOOD,
	STAMP_NOT_PEER,
	STAMP_NONE,
	STAMP_TOO_MANY,
	STAMP_SYNTAX,
	STAMP_UNKNOWN_KEY,
	STAMP_KEY_NOT_FOR_CLIENT,
	STAMP_BAD_MAC,
	STAMP_KEY_WINDOW,
	STAMP_FUTURE,
	STAMP_EXPIRY,
	STAMP_TOO_OLD,
	STAMP_PROFILE,
	STAMP_NO_DB,
	STAMP_DB_OLD,
	STAMP_OWN_DB_UNKNOWN,
	STAMP_OWN_DB_NEWER,
	STAMP_NOT_DIGESTIBLE,
	STAMP_BODY,
	STAMP_HEADER,
	STAMP_ADDRESS,
	STAMP_NOT_CHECKED, /* the message was over before */
	STAMP_REASONS
};

/* What becomes of a request for a stamp. */
enum stamp_answer {
	STAMP_VIOLATION, /* our scanner never asks this: not answered */
	STAMP_MADE,
	STAMP_NO_DATABASE, /* is in the request */
	STAMP_NO_KEY,	   /* to stamp with */
	STAMP_KEY_EXPIRED,
	STAMP_KEY_NOT_YET, /* valid */
	STAMP_ANSWERS
};

/* "key-expired", ...; "unknown" for a number that is none. */
const char *stamp_answer_name(enum stamp_answer);

/* "bad-mac", ...; "good"; "unknown" for a number that is none. */
const char *stamp_reason_name(enum stamp_reason);

void stamp_encode(const struct stamp *, uint8_t record[static STAMP_RECORD]);

/* False if it is not a record that stamp_encode could have made out of a
 * stamp with well-formed engine, flags and numbers: another magic, scope or
 * result, bits that must be 0, strings that are not padded with NUL only.
 * Key id and profile may be empty: a request has none yet. */
bool stamp_decode(const uint8_t record[static STAMP_RECORD], struct stamp *out);

/* The forms of the names in a stamp; not empty. */
bool stamp_key_fit(struct span);
bool stamp_profile_fit(struct span);
bool stamp_engine_fit(struct span);

#endif
