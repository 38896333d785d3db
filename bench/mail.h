/* SPDX-License-Identifier: ISC */
/*
 * The mail that the load generator sends: every message has its own
 * Message-ID, queue id and body, so that nothing between here and the scanner
 * can answer from memory.
 */
#ifndef BENCH_MAIL_H
#define BENCH_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail {
	char queue_id[16];
	char id[40];	/* the part of the Message-ID before the @ */
	char lead[128]; /* first line of the body, with CRLF */
	size_t lead_len;
	size_t shift; /* where in the common text the body begins */
};

/* Makes the common text for bodies of up to size bytes; infected: their first
 * line is the EICAR test string.  False if memory is short. */
bool mail_init(size_t size, bool infected);

/* A new message. */
void mail_make(struct mail *);

/* Field number n, from 0: its name (static), and its value into buf, without
 * leading space. */
const char *mail_field(const struct mail *, uint32_t n, char *buf, size_t size);

/* Copies body bytes offset .. offset + len - 1, within the size given to
 * mail_init. */
void mail_body(const struct mail *, size_t offset, size_t len, uint8_t *out);

#endif
