/* SPDX-License-Identifier: ISC */
/*
 * The native milter engine; see engine.h.  Runs in the session process.
 *
 * A packet passes four gates before anything is done about it: framing, known
 * command, legal order, structure of the payload.  What fails one of them
 * closes the connection without another byte.  Then the command takes its
 * effect on state, macros and session logic, and is answered: with CONTINUE
 * where the MTA waits for a reply, and at the end of a message with what the
 * session logic decided.
 */
#include "parser/milter/engine.h"

#include "parser/mail/canonical.h"
#include "parser/mail/process.h"
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
};

/* The edits of one message: made at once, but for the text of the reply. */
struct session_edits {
	struct encoder *out;
	bool has_text;
	size_t text_len;
	char text[CANONICAL_LINE_MAX];
};

size_t
engine_size(void)
{
	return sizeof(struct engine);
}

void
engine_init(struct engine *e, const struct session_settings *settings)
{
	e->settings = settings;
	e->why = "";
	e->state = (struct state_machine){.now = STATE_START};
	session_init(&e->session, settings);
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
		process_closing(why, &e->session.report);
	}
	engine_close(e);
}

/* --- what the session logic may ask for ----------------------------------- */

bool
edit_delete_header(
    struct session_edits *e, const char *name, uint32_t occurrence)
{
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

bool
edit_reply(struct session_edits *e, const char *reply)
{
	struct canonical_reply parts;
	struct span text = span_text(reply);

	if (text.len > sizeof(e->text) || !canonical_reply(text, &parts))
		return false;
	memcpy(e->text, text.ptr, text.len);
	e->text_len = text.len;
	e->has_text = true;
	return true;
}

/* --- commands ------------------------------------------------------------- */

static void
on_optneg(struct engine *e, const struct negotiation *offer)
{
	struct negotiation answer;

	if (!negotiate_answer(
		offer, session_quarantines(e->settings), &answer)) {
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
on_envelope(struct engine *e, const struct command_envelope *envelope)
{
	const struct limit_settings *limits = &e->settings->limits;

	if (envelope->parameters > limits->parameters)
		session_limit(&e->session, SESSION_LIMIT_PARAMETERS);
	else if (e->session.messages >= limits->messages)
		session_limit(&e->session, SESSION_LIMIT_MESSAGES);
	else
		return;
	engine_stop(e, "limits");
}

/* Without HDR_LEADSPC the MTA took one space off each value, if there was
 * one.  There nearly always is, so it is put back; an empty value stays. */
static void
on_header(struct engine *e, const struct command_header *h)
{
	struct span value = h->value;

	if ((e->state.flags & MILTER_P_HDR_LEADSPC) == 0 && value.len > 0 &&
	    value.len < sizeof(e->value)) {
		e->value[0] = ' ';
		memcpy(&e->value[1], value.ptr, value.len);
		value = span_of(e->value, value.len + 1);
	}
	session_header(&e->session, h->name, value, queue_id(e));
}

/* The final reply to BODYEOB.  A prepared text is sent if it is of the class
 * that the status asks for. */
static void
answer_eom(struct engine *e, enum session_status status,
    const struct session_edits *edits)
{
	struct span text = span_of(edits->text, edits->text_len);

	switch (status) {
	case SESSION_CONTINUE:
		(void)encoder_plain(&e->out, MILTER_CONTINUE);
		break;
	case SESSION_DISCARD:
		(void)encoder_plain(&e->out, MILTER_DISCARD);
		break;
	case SESSION_REJECT:
		if (!edits->has_text || edits->text[0] != '5' ||
		    !encoder_text(&e->out, text))
			(void)encoder_plain(&e->out, MILTER_REJECT);
		break;
	case SESSION_TEMPFAIL:
		if (!edits->has_text || edits->text[0] != '4' ||
		    !encoder_text(&e->out, text))
			(void)encoder_plain(&e->out, MILTER_TEMPFAIL);
		break;
	}
}

static void
on_eom(struct engine *e, struct span last_piece)
{
	struct session_edits edits = {.out = &e->out};
	enum session_status status;

	if (last_piece.len > 0)
		session_body(&e->session, last_piece, queue_id(e));
	/* The scan may take long: nothing that is owed waits for it. */
	if (!encoder_flush(&e->out))
		return;
	status =
	    session_eom(&e->session, queue_id(e), encoder_progress(), &edits);
	answer_eom(e, status, &edits);
	macro_end_message(&e->macros);
	state_verdict(&e->state);
}

/* The command's effect on macros and session logic. */
static void
obey(struct engine *e, const struct command *c)
{
	switch (c->code) {
	case MILTER_OPTNEG:
		on_optneg(e, &c->offer);
		break;
	case MILTER_MACRO:
		macro_define(&e->macros, c->macro.stage, c->macro.pairs);
		break;
	case MILTER_CONNECT:
		macro_command(&e->macros, MILTER_STAGE_CONNECT);
		session_connect(&e->session, c->connect.host,
		    c->connect.address, c->connect.is_ip);
		break;
	case MILTER_HELO:
		macro_command(&e->macros, MILTER_STAGE_HELO);
		session_helo(&e->session, c->text);
		break;
	case MILTER_MAIL:
		macro_command(&e->macros, MILTER_STAGE_MAIL);
		on_envelope(e, &c->envelope);
		session_envfrom(&e->session, c->envelope.address);
		break;
	case MILTER_RCPT:
		macro_command(&e->macros, MILTER_STAGE_RCPT);
		on_envelope(e, &c->envelope);
		session_envrcpt(&e->session);
		break;
	case MILTER_HEADER:
		on_header(e, &c->header);
		break;
	case MILTER_BODY:
		session_body(&e->session, c->bytes, queue_id(e));
		break;
	case MILTER_BODYEOB:
		on_eom(e, c->bytes);
		break;
	case MILTER_ABORT:
		macro_end_message(&e->macros);
		break;
	case MILTER_QUIT_NC:
		macro_clear(&e->macros);
		session_reset(&e->session);
		break;
	case MILTER_QUIT:
		e->why = "quit";
		engine_close(e);
		break;
	case MILTER_DATA:
	case MILTER_EOH:
	case MILTER_UNKNOWN:
		break;
	}
}

static void
handle(struct engine *e, const struct packet *p)
{
	const struct state_row *row = state_row(p->command);
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
	obey(e, &c);
	/* No verdict before the end of a message, and none by default there. */
	if (e->why[0] == '\0' && encoder_owed(&e->out) &&
	    c.code != MILTER_BODYEOB)
		(void)encoder_plain(&e->out, MILTER_CONTINUE);
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
	*used = in.len - c.left;
	/* Also when closing: what was earned before the fault is due. */
	if (!encoder_flush(&e->out))
		engine_stop(e, "mta-gone");
	return e->why[0] == '\0' ? ENGINE_MORE : ENGINE_CLOSE;
}
