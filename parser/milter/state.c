/* SPDX-License-Identifier: ISC */
/*
 * The table of commands and the only code that changes a connection's state;
 * see state.h.
 *
 * The order is stricter than libmilter's, which drops what it does not expect
 * without an answer, and as tolerant as Postfix and Sendmail need: MAIL or
 * HELO without an ABORT before them, ABORT twice or never, content right
 * after the recipients, BODYEOB without end of headers once NOEOH is granted.
 */
#include "parser/milter/state.h"

#include <stddef.h>

#include "lib/ensure.h"

#define READY	STATE_BIT(STATE_READY)
#define SESSION STATE_BIT(STATE_SESSION)
#define MAIL	STATE_BIT(STATE_MAIL)
#define RCPT	STATE_BIT(STATE_RCPT)
#define DATA	STATE_BIT(STATE_DATA)
#define HEADER	STATE_BIT(STATE_HEADER)
#define EOH	STATE_BIT(STATE_EOH)
#define BODY	STATE_BIT(STATE_BODY)

#define OVER STATE_BIT(STATE_OVER)

#define MESSAGE	   (MAIL | RCPT | DATA | HEADER | EOH | BODY)
#define NEGOTIATED (READY | SESSION | MESSAGE)
/* A recipient is there, the end of headers is not. */
#define BEFORE_EOH (RCPT | DATA | HEADER)

/* clang-format off */
static const struct state_row rows[] = {
	{ .command = MILTER_OPTNEG, .name = "OPTNEG", .replies = true,
	  .legal = STATE_BIT(STATE_START), .next = STATE_READY,
	  .after = STATE_SAME },
	{ .command = MILTER_MACRO, .name = "MACRO",
	  .legal = NEGOTIATED | OVER, .next = STATE_SAME,
	  .after = STATE_SAME },
	{ .command = MILTER_CONNECT, .name = "CONNECT", .replies = true,
	  .no_reply = MILTER_P_NR_CONN,
	  .legal = READY, .next = STATE_SESSION,
	  .after = STATE_OVER },
	/* Some MTAs report a second EHLO before they abort. */
	{ .command = MILTER_HELO, .name = "HELO", .replies = true,
	  .no_reply = MILTER_P_NR_HELO, .aborts = true,
	  .legal = NEGOTIATED, .next = STATE_SESSION,
	  .after = STATE_OVER },
	/* Sendmail does not abort before MAIL if it got no reply to MAIL. */
	{ .command = MILTER_MAIL, .name = "MAIL", .replies = true,
	  .no_reply = MILTER_P_NR_MAIL, .aborts = true,
	  .legal = NEGOTIATED, .next = STATE_MAIL,
	  .after = STATE_SESSION },
	{ .command = MILTER_RCPT, .name = "RCPT", .replies = true,
	  .no_reply = MILTER_P_NR_RCPT,
	  .legal = MAIL | RCPT, .next = STATE_RCPT,
	  .after = STATE_SESSION },
	{ .command = MILTER_DATA, .name = "DATA", .replies = true,
	  .no_reply = MILTER_P_NR_DATA, .may_be_empty = true,
	  .legal = RCPT, .next = STATE_DATA,
	  .after = STATE_SESSION },
	{ .command = MILTER_UNKNOWN, .name = "UNKNOWN", .replies = true,
	  .no_reply = MILTER_P_NR_UNKN,
	  .legal = READY | SESSION | MAIL | RCPT, .next = STATE_SAME,
	  .after = STATE_SAME },
	{ .command = MILTER_HEADER, .name = "HEADER", .replies = true,
	  .no_reply = MILTER_P_NR_HDR,
	  .legal = BEFORE_EOH, .next = STATE_HEADER,
	  .after = STATE_SESSION },
	{ .command = MILTER_EOH, .name = "EOH", .replies = true,
	  .no_reply = MILTER_P_NR_EOH, .may_be_empty = true,
	  .legal = BEFORE_EOH, .next = STATE_EOH,
	  .after = STATE_SESSION },
	{ .command = MILTER_BODY, .name = "BODY", .replies = true,
	  .no_reply = MILTER_P_NR_BODY,
	  .waiver = MILTER_P_NOEOH, .also_legal = BEFORE_EOH,
	  .legal = EOH | BODY, .next = STATE_BODY,
	  .after = STATE_SESSION },
	{ .command = MILTER_BODYEOB, .name = "BODYEOB", .replies = true,
	  .may_be_empty = true,
	  .waiver = MILTER_P_NOEOH, .also_legal = BEFORE_EOH,
	  .legal = EOH | BODY, .next = STATE_EOM,
	  .after = STATE_SESSION },
	{ .command = MILTER_ABORT, .name = "ABORT",
	  .may_be_empty = true, .aborts = true,
	  .legal = NEGOTIATED | OVER, .next = STATE_SAME,
	  .after = STATE_SAME },
	{ .command = MILTER_QUIT_NC, .name = "QUIT_NC",
	  .may_be_empty = true, .aborts = true,
	  .legal = NEGOTIATED | OVER, .next = STATE_READY,
	  .after = STATE_SAME },
	{ .command = MILTER_QUIT, .name = "QUIT",
	  .may_be_empty = true, .aborts = true,
	  .legal = STATE_BIT(STATE_START) | NEGOTIATED | OVER,
	  .next = STATE_CLOSED,
	  .after = STATE_SAME },
};
/* clang-format on */

const struct state_row *
state_row(uint8_t command)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].command == command)
			return &rows[i];
	}
	return NULL;
}

bool
state_legal(const struct state_machine *m, const struct state_row *row)
{
	uint32_t legal = row->legal;

	if ((m->flags & row->waiver) != 0)
		legal |= row->also_legal;
	return (legal & STATE_BIT(m->now)) != 0;
}

bool
state_replies(const struct state_machine *m, const struct state_row *row)
{
	return row->replies && (m->flags & row->no_reply) == 0;
}

bool
state_open(const struct state_machine *m)
{
	return ((MESSAGE | STATE_BIT(STATE_EOM)) & STATE_BIT(m->now)) != 0;
}

static void
change(struct state_machine *m, enum state to)
{
	if (to != STATE_SAME && m->now != STATE_CLOSED)
		m->now = to;
}

bool
state_step(struct state_machine *m, const struct state_row *row)
{
	bool aborted = row->aborts && state_open(m);

	if (aborted)
		change(m, STATE_SESSION);
	change(m, row->next);
	return aborted;
}

void
state_verdict(struct state_machine *m, const struct state_row *row)
{
	ensure(m->now == row->next);
	change(m, row->after);
}

void
state_close(struct state_machine *m)
{
	change(m, STATE_CLOSED);
}
