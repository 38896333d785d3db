/* SPDX-License-Identifier: ISC */
/*
 * The native milter engine; see engine.h.  Runs in the session process.
 *
 * A packet passes four gates before anything is done about it: framing, known
 * command, legal order, structure of the payload.  What fails one of them
 * closes the connection without another byte.  Then the command takes its
 * effect on state, macros and session logic, and is answered, where the MTA
 * waits for a reply, with what the session logic decided.
 */
#include "parser/milter/engine.h"

#include "lib/ensure.h"
#include "parser/mail/session.h"
#include "parser/milter/command.h"
#include "parser/milter/encoder.h"
#include "parser/milter/macro.h"
#include "parser/milter/packet.h"
#include "parser/milter/state.h"

/* Below the MTA's own Received field; 0 and 1 are the only positions that all
 * MTAs count alike. */
#define INSERT_INDEX 1U

#define QUEUE_ID_MACRO "i"

/* What a quiet session touches comes first, the large buffers last. */
struct engine {
	const struct session_settings *settings;
	const char *why; /* "" while open */
	struct state_machine state;
	struct session session;
	struct macros macros;
	struct encoder out;
	/* A value with the space that the MTA took off it; used only where
	 * HDR_LEADSPC was not granted. */
	uint8_t value[1 + MILTER_PAYLOAD_MAX];
	_Alignas(64) uint8_t inspection[]; /* see inspection.h */
};

/* The edits of one message: made at once. */
struct session_edits {
	struct encoder *out;
};

size_t
engine_size(void)
{
	return sizeof(struct engine) + inspection_size();
}

void
engine_init(struct engine *e, const struct session_settings *settings)
{
	e->settings = settings;
	e->why = "";
	e->state = (struct state_machine){.now = STATE_START};
	session_init(
	    &e->session, settings, (struct inspection *)(void *)e->inspection);
	macro_clear(&e->macros);
	encoder_init(&e->out);
}

const char *
engine_why(const struct engine *e)
{
	return e->why;
}

bool
engine_idle(const struct engine *e)
{
	return !state_open(&e->state);
}

void
engine_close(struct engine *e)
{
	if (state_open(&e->state))
		session_abort(&e->session);
	state_close(&e->state);
}

/* The first reason stands. */
void
engine_stop(struct engine *e, const char *why)
{
	if (e->why[0] == '\0') {
		e->why = why;
		session_closing(&e->session, why, state_open(&e->state));
	}
	engine_close(e);
}

/* --- what the session logic may ask for ----------------------------------- */

bool
edit_delete_header(
    struct session_edits *e, const char *name, uint32_t occurrence)
{
	ensure(occurrence > 0); /* counted from 1 */
	return encoder_header(e->out, MILTER_CHGHEADER, occurrence,
	    span_text(name), span_of("", 0));
}

bool
edit_insert_header(struct session_edits *e, const char *name, const char *value)
{
	return encoder_header(e->out, MILTER_INSHEADER, INSERT_INDEX,
	    span_text(name), span_text(value));
}

bool
edit_quarantine(struct session_edits *e, const char *reason)
{
	return encoder_quarantine(e->out, span_text(reason));
}

/* --- commands ------------------------------------------------------------- */

static void
on_optneg(struct engine *e, const struct negotiation *offer)
{
	const struct rules_wants wants = session_wants(e->settings);
	struct negotiation answer;

	if (!negotiate_answer(offer, &wants, &answer)) {
		engine_stop(e, "negotiation");
		return;
	}
	e->state.flags = answer.flags;
	(void)encoder_optneg(&e->out, &answer);
}

static struct span
queue_id(const struct engine *e)
{
	struct span id;

	if (!macro_find(&e->macros, QUEUE_ID_MACRO, &id))
		return span_of("", 0);
	return id;
}

static void
stop_at_limit(struct engine *e, enum session_limit limit)
{
	session_limit(&e->session, limit);
	engine_stop(e, "limits");
}

/* False, here and below: it is too much, and the connection ends. */
static bool
check_envelope(struct engine *e, const struct command_envelope *envelope)
{
	const struct limit_settings *limits = &e->settings->limits;

	if (envelope->parameters > limits->parameters)
		stop_at_limit(e, SESSION_LIMIT_PARAMETERS);
	else if (e->session.messages >= limits->messages)
		stop_at_limit(e, SESSION_LIMIT_MESSAGES);
	return e->why[0] == '\0';
}

/* What is decided of a session counts as a message, for the scanner too. */
static bool
check_session(struct engine *e, enum policy_stage stage)
{
	if ((e->session.wanted & POLICY_BIT(stage)) != 0 &&
	    e->session.messages >= e->settings->limits.messages)
		stop_at_limit(e, SESSION_LIMIT_MESSAGES);
	return e->why[0] == '\0';
}

/* Without HDR_LEADSPC the MTA took one space off each value, if there was
 * one.  There nearly always is, so it is put back; an empty value stays. */
static enum session_status
on_header(struct engine *e, const struct command_header *h)
{
	struct span value = h->value;

	if ((e->state.flags & MILTER_P_HDR_LEADSPC) == 0 && value.len > 0 &&
	    value.len < sizeof(e->value)) {
		e->value[0] = ' ';
		memcpy(&e->value[1], value.ptr, value.len);
		value = span_of(e->value, value.len + 1);
	}
	return session_header(&e->session, h->name, value, queue_id(e));
}

static enum session_status
on_eom(struct engine *e, struct span last_piece)
{
	struct session_edits edits = {.out = &e->out};
	enum session_status status = SESSION_CONTINUE;

	if (last_piece.len > 0)
		status = session_body(&e->session, last_piece, queue_id(e));
	/* The scan may take long: no reply that is due waits for it. */
	if (status != SESSION_CONTINUE || !encoder_flush(&e->out))
		return status;
	return session_eom(
	    &e->session, queue_id(e), encoder_progress(), &edits);
}

/* The command's effect on macros and session logic. */
static enum session_status
obey(struct engine *e, const struct command *c)
{
	struct session *s = &e->session;

	switch (c->code) {
	case MILTER_OPTNEG:
		on_optneg(e, &c->offer);
		break;
	case MILTER_MACRO:
		macro_define(&e->macros, c->macro.stage, c->macro.pairs);
		break;
	case MILTER_CONNECT:
		macro_command(&e->macros, MILTER_STAGE_CONNECT);
		if (!check_session(e, POLICY_CONNECT))
			break;
		return session_connect(
		    s, c->connect.host, c->connect.address, c->connect.is_ip);
	case MILTER_HELO:
		macro_command(&e->macros, MILTER_STAGE_HELO);
		if (!check_session(e, POLICY_HELO))
			break;
		return session_helo(s, c->text);
	case MILTER_MAIL:
		macro_command(&e->macros, MILTER_STAGE_MAIL);
		if (!check_envelope(e, &c->envelope))
			break;
		return session_envfrom(s, c->envelope.address, queue_id(e));
	case MILTER_RCPT:
		macro_command(&e->macros, MILTER_STAGE_RCPT);
		if (!check_envelope(e, &c->envelope))
			break;
		return session_envrcpt(s, c->envelope.address, queue_id(e));
	case MILTER_DATA:
		return session_data(s, queue_id(e));
	case MILTER_HEADER:
		return on_header(e, &c->header);
	case MILTER_EOH:
		return session_eoh(s, queue_id(e));
	case MILTER_BODY:
		return session_body(s, c->bytes, queue_id(e));
	case MILTER_BODYEOB:
		return on_eom(e, c->bytes);
	case MILTER_ABORT:
		macro_end_message(&e->macros);
		break;
	case MILTER_QUIT_NC:
		macro_clear(&e->macros);
		session_reset(s);
		break;
	case MILTER_QUIT:
		e->why = "quit";
		engine_close(e);
		break;
	case MILTER_UNKNOWN:
		break;
	}
	return SESSION_CONTINUE;
}

/* --- replies -------------------------------------------------------------- */

static void
reply(struct engine *e, enum session_status status)
{
	static const enum milter_reply plain[] = {
	    [SESSION_CONTINUE] = MILTER_CONTINUE,
	    [SESSION_ACCEPT] = MILTER_ACCEPT,
	    [SESSION_REJECT] = MILTER_REJECT,
	    [SESSION_TEMPFAIL] = MILTER_TEMPFAIL,
	    [SESSION_DISCARD] = MILTER_DISCARD,
	};
	bool refused = status == SESSION_REJECT || status == SESSION_TEMPFAIL;

	ensure(status < sizeof(plain) / sizeof(plain[0]));
	/* A text that is not canonical is not sent. */
	if (!refused ||
	    !encoder_text(&e->out, span_text(session_reply(&e->session))))
		(void)encoder_plain(&e->out, plain[status]);
}

/* The final reply, and what it means for the message or the session. */
static void
answer(
    struct engine *e, const struct state_row *row, enum session_status status)
{
	bool end = row->command == MILTER_BODYEOB;

	if (e->out.gone)
		return; /* what is open is dropped with the connection */
	/* OPTNEG has its answer already. */
	if (encoder_owed(&e->out))
		reply(e, status);
	else /* where something may be decided a reply was asked for */
		ensure(status == SESSION_CONTINUE);
	if (end)
		macro_end_message(&e->macros);
	if (end || session_is_over(row->command == MILTER_RCPT, status))
		state_verdict(&e->state, row);
}

static void
handle(struct engine *e, const struct packet *p)
{
	const struct state_row *row = state_row(p->command);
	enum session_status status;
	struct command c;

	if (row == NULL) {
		engine_stop(e, "unknown-command");
		return;
	}
	if (!state_legal(&e->state, row)) {
		engine_stop(e, "order");
		return;
	}
	if (!command_decode(row, p->payload, &c)) {
		engine_stop(e, "payload");
		return;
	}
	encoder_begin(&e->out, c.code, state_replies(&e->state, row));
	if (state_step(&e->state, row))
		session_abort(&e->session);
	status = obey(e, &c);
	if (e->why[0] == '\0')
		answer(e, row, status);
}

enum engine_next
engine_input(struct engine *e, struct span in, size_t *used)
{
	struct cursor c = cursor_of(in);
	struct span taken;
	struct packet p;

	while (e->why[0] == '\0') {
		enum packet_result result =
		    packet_next(span_of(c.at, c.left), &p);

		if (result == PACKET_NEED_MORE)
			break;
		if (result == PACKET_BAD || !cursor_take(&c, p.size, &taken))
			engine_stop(e, "length");
		else
			handle(e, &p);
		if (e->out.gone)
			engine_stop(e, "mta-gone");
	}
	ensure(c.left <= in.len);
	*used = in.len - c.left;
	/* Also when closing: replies to what came before the fault are due. */
	if (!encoder_flush(&e->out))
		engine_stop(e, "mta-gone");
	return e->why[0] == '\0' ? ENGINE_MORE : ENGINE_CLOSE;
}
