/* SPDX-License-Identifier: ISC */
/*
 * Macros by stage, in fixed memory.
 *
 * A MACRO packet is the complete set of its stage and replaces the one before.
 * CONNECT, HELO, MAIL and RCPT empty the tables of all later stages, and their
 * own if no new set came since the last command of the kind.  The end of a
 * message empties MAIL and later.  So no value of one message is ever seen in
 * another, which is more than libmilter promises.
 *
 * One-character names are the same with and without braces.  A pair that does
 * not fit into what is left of its stage's MACRO_STAGE_MAX bytes is dropped.
 */
#ifndef PARSER_MILTER_MACRO_H
#define PARSER_MILTER_MACRO_H

#include "lib/span.h"
#include "parser/milter/milter.h"

/* Names and values of a stage, each with its NUL.  Only the queue id is ever
 * looked up; it takes under 100 bytes and stands first in the lists of MTAs
 * that do not let us choose. */
#define MACRO_STAGE_MAX 256

struct macros {
	size_t len[MILTER_STAGES];
	bool used[MILTER_STAGES]; /* the command came since the set did */
	uint8_t bytes[MILTER_STAGES][MACRO_STAGE_MAX];
};

/* Empties all tables: at the start and at QUIT_NC. */
void macro_clear(struct macros *);

/* A MACRO packet: command is its first byte, pairs (name NUL value NUL)* as
 * command.h has checked it.  Bytes without a table of their own (L, B, U and
 * unknown ones) are ignored. */
void macro_define(struct macros *, uint8_t command, struct span pairs);

/* One of CONNECT, HELO, MAIL, RCPT has come. */
void macro_command(struct macros *, enum milter_stage);

/* The message is over, by verdict or abort. */
void macro_end_message(struct macros *);

/* The value of name in the latest stage that has it; false if none has. */
bool macro_find(const struct macros *, const char *name, struct span *value);

#endif
