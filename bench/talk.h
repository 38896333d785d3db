/* SPDX-License-Identifier: ISC */
/*
 * The MTA's side of one milter connection, as Postfix plays it: packets out,
 * replies in, no I/O.
 *
 * The caller repeats: talk_fill; write everything in out; then, if a reply is
 * awaited, read and give what came to talk_input; stop when talk_over.
 */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/bench_packet.h"
#include "bench/macros.h"
#include "bench/mail.h"
#include "bench/milter_load.h"
#include "lib/span.h"

enum talk_step {
	TALK_OPTNEG,
	TALK_CONNECT,
	TALK_HELO,
	TALK_MAIL,
	TALK_RCPT,
	TALK_DATA,
	TALK_HEADER,
	TALK_EOH,
	TALK_BODY,
	TALK_EOM,
	TALK_ABORT,
	TALK_QUIT,
	TALK_IDLE, /* an idle session stays here */
	TALK_OVER,
	TALK_STEPS
};

struct talk {
	const struct load_options *options;
	struct load_tally *tally;
	enum talk_step step; /* what is sent next, or waits for its reply */
	bool awaiting;	     /* a reply is due */
	uint32_t messages;   /* still to be sent */
	uint32_t version, actions, flags; /* as negotiated */
	uint32_t at;	   /* recipient, field or body offset to send */
	uint32_t accepted; /* recipients */
	uint64_t began;	   /* load_now at the message's start */
	struct mail mail;
	struct macros macros;
	struct packet_buffer out;
};

/* A new connection that will carry so many messages.  Options and tally must
 * outlive it. */
void talk_init(struct talk *, const struct load_options *, struct load_tally *,
    uint32_t messages);

/* Adds commands to out until a reply must be awaited, the buffer is full, or
 * Postfix would flush. */
void talk_fill(struct talk *);

/* Takes the whole packets at the start of in; *used is their length.  Returns
 * NULL, or how the filter broke the protocol. */
const char *talk_input(struct talk *, struct span in, size_t *used);

/* The command that was sent last, for messages about errors. */
char talk_command(const struct talk *);

#endif
