/* SPDX-License-Identifier: ISC */
/*
 * The order of commands, as data: one row per command says in which states it
 * is legal, what it does to an open message, which state follows, and which
 * negotiated flags concern it.  What no row allows closes the connection;
 * silence would leave the MTA waiting for its timeout.
 *
 * The state belongs to one connection.  Flags are those of our OPTNEG answer:
 * what the MTA was told, not what we wished for.
 */
#ifndef PARSER_MILTER_STATE_H
#define PARSER_MILTER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/milter/milter.h"

enum state {
	STATE_START,   /* nothing negotiated yet */
	STATE_READY,   /* negotiated, or after QUIT_NC: CONNECT is due */
	STATE_SESSION, /* no message open */
	STATE_MAIL,    /* from here to STATE_EOM a message is open */
	STATE_RCPT,
	STATE_DATA,
	STATE_HEADER,
	STATE_EOH,
	STATE_BODY,
	STATE_EOM,  /* BODYEOB taken, final reply not yet given */
	STATE_OVER, /* a verdict on the whole session was given */
	STATE_CLOSED,
	STATE_SAME, /* in rows only: the state stays */
};

struct state_row {
	const char *name;
	enum milter_command command;
	enum state next;
	enum state after;    /* a verdict on more than one recipient */
	uint32_t legal;	     /* set of states, STATE_BIT */
	uint32_t waiver;     /* NO flag that, once granted, ... */
	uint32_t also_legal; /* ... makes it legal in these states too */
	uint32_t no_reply;   /* NR flag; 0: there is none */
	bool replies;	     /* wants a final reply unless no_reply granted */
	bool may_be_empty;   /* a packet without payload is legal */
	bool aborts;	     /* implies ABORT of an open message */
};

#define STATE_BIT(state) (1U << (state))

struct state_machine {
	enum state now;
	uint32_t flags; /* protocol flags of our answer to OPTNEG */
};

/* The row of a command byte; NULL for a byte that is no command. */
const struct state_row *state_row(uint8_t command);

bool state_legal(const struct state_machine *, const struct state_row *);

/* Whether the MTA waits for a final reply to this command.  It does unless it
 * was told that there will be none (NR flag granted).  A NO flag does not
 * matter: a command that comes in spite of one was sent by an MTA that did not
 * listen, and waits like after any other. */
bool state_replies(const struct state_machine *, const struct state_row *);

/* True from MAIL to the verdict. */
bool state_open(const struct state_machine *);

/* Takes a legal command's effect on the state.  True if it put an end to an
 * open message. */
bool state_step(struct state_machine *, const struct state_row *);

/* The command has been answered with a verdict on the message or session that
 * it belongs to: that is over. */
void state_verdict(struct state_machine *, const struct state_row *);

void state_close(struct state_machine *);

#endif
