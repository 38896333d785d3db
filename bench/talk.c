/* SPDX-License-Identifier: ISC */
/*
 * The conversation: which command comes next, what is in it, and what a reply
 * leads to.  One row per step.  A reply out of place ends the connection with
 * an error.  What the filter switched off in its answer to OPTNEG is left out,
 * except for the macro packets, which Postfix sends all the same.
 */
#include "bench/talk.h"

#include <stdio.h>

#include "bench/replies.h"

#define OFFERED_ACTIONS 0x1ffU /* as Postfix and Sendmail both offer */
#define OFFERED_FLAGS	0x1fffffU
#define VERSION_DATA	4U /* versions below know no DATA command */

static const struct step_row {
	enum milter_command command;
	enum milter_stage macros;
	uint32_t off;	 /* flag: this command is not sent */
	uint32_t silent; /* flag: it is not answered */
} steps[TALK_STEPS] = {
    [TALK_OPTNEG] = {MILTER_OPTNEG, MILTER_STAGES, 0, 0},
    [TALK_CONNECT] = {MILTER_CONNECT, MILTER_STAGE_CONNECT, MILTER_P_NOCONNECT,
	MILTER_P_NR_CONN},
    [TALK_HELO] = {MILTER_HELO, MILTER_STAGE_HELO, MILTER_P_NOHELO,
	MILTER_P_NR_HELO},
    [TALK_MAIL] = {MILTER_MAIL, MILTER_STAGE_MAIL, MILTER_P_NOMAIL,
	MILTER_P_NR_MAIL},
    [TALK_RCPT] = {MILTER_RCPT, MILTER_STAGE_RCPT, MILTER_P_NORCPT,
	MILTER_P_NR_RCPT},
    [TALK_DATA] = {MILTER_DATA, MILTER_STAGE_DATA, MILTER_P_NODATA,
	MILTER_P_NR_DATA},
    [TALK_HEADER] = {MILTER_HEADER, MILTER_STAGE_EOH, MILTER_P_NOHDRS,
	MILTER_P_NR_HDR},
    [TALK_EOH] = {MILTER_EOH, MILTER_STAGE_EOH, MILTER_P_NOEOH,
	MILTER_P_NR_EOH},
    [TALK_BODY] = {MILTER_BODY, MILTER_STAGE_EOM, MILTER_P_NOBODY,
	MILTER_P_NR_BODY},
    [TALK_EOM] = {MILTER_BODYEOB, MILTER_STAGE_EOM, 0, 0},
    [TALK_ABORT] = {MILTER_ABORT, MILTER_STAGES, 0, 0},
    [TALK_QUIT] = {MILTER_QUIT, MILTER_STAGES, 0, 0},
};

void
talk_init(struct talk *t, const struct load_options *options,
    struct load_tally *tally, uint32_t messages)
{
	t->options = options;
	t->tally = tally;
	t->step = TALK_OPTNEG;
	t->awaiting = false;
	t->messages = messages;
	t->version = MILTER_VERSION;
	t->actions = t->flags = 0;
	t->at = t->accepted = 0;
	t->began = load_now(); /* the first message pays for the connection */
	t->out.len = 0;
	mail_make(&t->mail);
	macros_init(&t->macros);
}

/* The length of the body piece at offset t->at. */
static uint32_t
body_piece(const struct talk *t)
{
	uint32_t left = t->options->body - t->at;

	return left > MILTER_PAYLOAD_MAX ? MILTER_PAYLOAD_MAX : left;
}

/* True if the step still has something to send in this message. */
static bool
step_due(const struct talk *t)
{
	const struct load_options *o = t->options;

	if (t->step == TALK_RCPT)
		return t->at < o->recipients;
	if (t->step == TALK_DATA)
		return t->at == 0 && t->version >= VERSION_DATA;
	if (t->step == TALK_HEADER)
		return t->at < o->fields;
	if (t->step == TALK_BODY)
		return t->at < o->body;
	return t->at == 0;
}

static void
step_enter(struct talk *t, enum talk_step step)
{
	t->step = step;
	t->at = 0;
}

/* The command of this step is dealt with: on to the next one, or to the next
 * recipient, field or piece. */
static void
step_advance(struct talk *t)
{
	t->at += t->step == TALK_BODY ? body_piece(t) : 1;
	if (t->step == TALK_HELO && t->options->idle)
		step_enter(t, TALK_IDLE);
	else if (t->step == TALK_ABORT)
		step_enter(t, t->messages > 0 ? TALK_MAIL : TALK_QUIT);
	else if (t->step == TALK_QUIT)
		step_enter(t, TALK_OVER);
	while (t->step < TALK_EOM && !step_due(t))
		step_enter(t, t->step + 1);
}

static void
message_done(struct talk *t, uint8_t code)
{
	uint64_t now = load_now();

	t->tally->latency[t->tally->done++] = (uint32_t)(now - t->began);
	t->tally->replies[code]++;
	t->messages--;
	t->began = now;
	t->accepted = 0;
	step_enter(t, TALK_ABORT);
	mail_make(&t->mail);
}

static void
put_macros(struct talk *t, const struct step_row *row)
{
	struct macros_known known = {
	    .command = row->command,
	    .stage = row->macros,
	    .queue_id = t->accepted > 0 ? t->mail.queue_id : "",
	};

	macros_put(&t->macros, &known, &t->out);
}

static void
put_header(struct talk *t)
{
	char value[256];
	const char *name = mail_field(&t->mail, t->at, value, sizeof(value));

	packet_put_text(&t->out, name);
	if (t->flags & MILTER_P_HDR_LEADSPC)
		packet_put_u8(&t->out, ' ');
	packet_put_text(&t->out, value);
}

static void
put_body(struct talk *t)
{
	static uint8_t piece[MILTER_PAYLOAD_MAX];
	uint32_t len = body_piece(t);

	mail_body(&t->mail, t->at, len, piece);
	packet_put(&t->out, piece, len);
}

static void
put_payload(struct talk *t)
{
	char text[64];

	if (t->step == TALK_OPTNEG) {
		packet_put_u32(&t->out, MILTER_VERSION);
		packet_put_u32(&t->out, OFFERED_ACTIONS);
		packet_put_u32(&t->out, OFFERED_FLAGS);
	} else if (t->step == TALK_CONNECT) {
		packet_put_text(&t->out, "client.bench.example");
		packet_put_u8(&t->out, '4');
		packet_put_u8(&t->out, 40025 >> 8);
		packet_put_u8(&t->out, 40025 & 0xff);
		packet_put_text(&t->out, "192.0.2.7");
	} else if (t->step == TALK_HELO) {
		packet_put_text(&t->out, "client.bench.example");
	} else if (t->step == TALK_MAIL) {
		packet_put_text(&t->out, "<sender@bench.example>");
		(void)snprintf(text, sizeof(text), "SIZE=%u", t->options->body);
		packet_put_text(&t->out, text);
	} else if (t->step == TALK_RCPT) {
		(void)snprintf(
		    text, sizeof(text), "<rcpt%u@bench.example>", t->at);
		packet_put_text(&t->out, text);
	} else if (t->step == TALK_HEADER) {
		put_header(t);
	} else if (t->step == TALK_BODY) {
		put_body(t);
	}
}

static bool
step_answered(const struct talk *t, const struct step_row *row)
{
	return t->step < TALK_ABORT && (t->flags & row->silent) == 0;
}

static void
put_step(struct talk *t)
{
	const struct step_row *row = &steps[t->step];

	if (row->macros != MILTER_STAGES)
		put_macros(t, row);
	if ((t->flags & row->off) == 0) {
		packet_begin(&t->out, row->command);
		put_payload(t);
		packet_end(&t->out);
		if (step_answered(t, row)) {
			t->awaiting = true;
			return;
		}
	}
	if (t->step == TALK_RCPT)
		t->accepted++;
	step_advance(t);
}

void
talk_fill(struct talk *t)
{
	while (!t->awaiting && t->step < TALK_IDLE &&
	       packet_room(&t->out) >= PACKET_STEP_MAX) {
		bool handover = t->step == TALK_DATA;

		put_step(t);
		/* Postfix flushes when its SMTP server hands the connection
		 * to the process that reads the content. */
		if (handover)
			return;
	}
}

static const char *
take_optneg(struct talk *t, struct cursor payload)
{
	if (!cursor_u32(&payload, &t->version) ||
	    !cursor_u32(&payload, &t->actions) ||
	    !cursor_u32(&payload, &t->flags))
		return "short answer to OPTNEG";
	if (t->version < MILTER_VERSION_MIN || t->version > MILTER_VERSION)
		return "version that was not offered";
	if ((t->actions & ~OFFERED_ACTIONS) || (t->flags & ~OFFERED_FLAGS))
		return "action or flag that was not offered";
	if (!macros_learn(&t->macros, payload))
		return "malformed macro list";
	t->awaiting = false;
	step_advance(t);
	return NULL;
}

static const char *
take_refusal(struct talk *t, uint8_t code)
{
	if (t->step < TALK_MAIL)
		return "whole session refused";
	t->awaiting = false;
	if (t->step != TALK_RCPT) {
		message_done(t, code);
		return NULL;
	}
	if (t->at + 1 == t->options->recipients && t->accepted == 0)
		message_done(t, code);
	else
		step_advance(t);
	return NULL;
}

static const char *
take_continue(struct talk *t)
{
	t->awaiting = false;
	if (t->step == TALK_EOM) {
		message_done(t, MILTER_CONTINUE);
		return NULL;
	}
	if (t->step == TALK_RCPT)
		t->accepted++;
	step_advance(t);
	return NULL;
}

static const char *
take_reply(struct talk *t, uint8_t code, struct span payload)
{
	enum reply_meaning meaning;
	const char *error = reply_read(code, payload, t->actions, &meaning);

	if (error != NULL)
		return error;
	switch (meaning) {
	case REPLY_CONTINUE:
		return take_continue(t);
	case REPLY_REFUSE:
		return take_refusal(t, code);
	case REPLY_ACCEPT:
	case REPLY_DISCARD:
		if (t->step < TALK_MAIL)
			return "session left by the filter";
		t->awaiting = false;
		message_done(t, code);
		return NULL;
	case REPLY_SKIP:
		if (t->step != TALK_BODY)
			return "skip outside the body";
		t->awaiting = false;
		step_enter(t, TALK_EOM);
		return NULL;
	case REPLY_PROGRESS:
	case REPLY_EDIT:
		return t->step == TALK_EOM ? NULL
					   : "interim reply before the end";
	}
	return "unknown reply";
}

const char *
talk_input(struct talk *t, struct span in, size_t *used)
{
	struct cursor c = cursor_of(in);

	*used = 0;
	for (;;) {
		struct span payload;
		const char *error;
		uint32_t len;
		uint8_t code;

		if (!cursor_u32(&c, &len))
			return NULL;
		if (len == 0 || len - 1 > MILTER_PAYLOAD_MAX)
			return "packet length out of range";
		if (!cursor_u8(&c, &code) ||
		    !cursor_take(&c, len - 1, &payload))
			return NULL;
		*used = in.len - c.left;
		if (!t->awaiting)
			return "surplus reply";
		if (t->step == TALK_OPTNEG)
			error = code == MILTER_OPTNEG
				    ? take_optneg(t, cursor_of(payload))
				    : "no answer to OPTNEG";
		else
			error = take_reply(t, code, payload);
		if (error != NULL)
			return error;
	}
}

char
talk_command(const struct talk *t)
{
	if (t->step >= TALK_IDLE)
		return '-';
	return (char)steps[t->step].command;
}
