/* SPDX-License-Identifier: ISC */
/*
 * Conversations for the oracle: what an MTA writes on one connection, as bytes
 * and as the packets that they fall into.  Read from text files in the form of
 * tests/conformance/recorded (see conversation.c), and mutated, reproducibly:
 * the same seed makes the same bytes everywhere.
 */
#ifndef TESTS_ORACLE_CONVERSATION_H
#define TESTS_ORACLE_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONVERSATION_MAX  ((size_t)256 * 1024)
#define CONVERSATIONS_MAX 512

struct conversation {
	const char *name; /* "file:line" */
	size_t len;
	uint8_t *bytes;
};

struct conversations {
	size_t count;
	struct conversation of[CONVERSATIONS_MAX];
};

/* Adds what the file holds; ends the program if it is not in order. */
void conversations_read(struct conversations *, const char *file);

/* Random numbers below n, for cases and mutations; 0 if n is 0. */
struct dice {
	uint64_t state;
};
uint32_t dice_below(struct dice *, uint32_t n);

/* One of the conversations, changed in one to four places; the result is at
 * most CONVERSATION_MAX bytes in to->bytes. */
void conversation_mutate(
    const struct conversations *, struct dice *, struct conversation *to);

#endif
