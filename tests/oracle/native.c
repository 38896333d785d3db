/* SPDX-License-Identifier: ISC */
/*
 * The native engine, packet by packet, with a state machine of our own beside
 * it that says where it stands; see engines.h.
 */
#include <stdlib.h>
#include <string.h>

#include "parser/milter/engine.h"
#include "tests/oracle/engines.h"

/* Flags of the answer to OPTNEG: the last of three words behind length and
 * code. */
static uint32_t
granted_flags(void)
{
	struct cursor c = cursor_of(span_of(stub.sent, stub.sent_len));
	uint32_t word = 0;
	uint8_t code;

	if (!cursor_u32(&c, &word) || !cursor_u8(&c, &code))
		return 0;
	for (int i = 0; i < 3; i++)
		(void)cursor_u32(&c, &word);
	return word;
}

/* Whether the packet was answered with the end of its message or session. */
static bool
was_verdict(const struct moment *m)
{
	struct cursor c = cursor_of(
	    span_of(stub.sent + m->sent_len, stub.sent_len - m->sent_len));
	uint32_t word = 0;
	uint8_t code = 0;

	if (m->packet.command == MILTER_OPTNEG || !cursor_u32(&c, &word) ||
	    !cursor_u8(&c, &code))
		return false;
	return strchr(m->packet.command == MILTER_RCPT ? "ad" : "adrty",
		   code) != NULL;
}

/* What came of the packet, for the next one. */
static void
advance(struct moment *m)
{
	const struct state_row *row = state_row(m->packet.command);

	if (row == NULL || m->packet.command == MILTER_MACRO)
		return;
	(void)state_step(&m->machine, row);
	if (m->packet.command == MILTER_OPTNEG)
		m->machine.flags = granted_flags();
	m->previous = m->packet.command;
	m->continued = stub.sent_len > 0 &&
		       stub.sent[stub.sent_len - 1] == MILTER_CONTINUE;
	if (m->packet.command == MILTER_BODYEOB || was_verdict(m))
		state_verdict(&m->machine, row);
}

static void
keep(struct trace *t)
{
	t->sent_len =
	    stub.sent_len < TRACE_SENT_MAX ? stub.sent_len : TRACE_SENT_MAX;
	memcpy(t->sent, stub.sent, t->sent_len);
	t->log_len = stub.log_len;
	memcpy(t->log, stub.log, t->log_len);
}

const char *
native_run(const struct session_settings *settings,
    const struct scan_result *result, struct span input, native_stop *stop,
    void *argument, struct trace *trace, struct moment *last, size_t *used)
{
	struct engine *engine = calloc(1, engine_size());
	struct moment m = {.machine = {.now = STATE_START}};
	struct cursor c = cursor_of(input);
	enum packet_result found;
	const char *why;
	struct span bytes;
	size_t took;

	if (engine == NULL)
		exit(1);
	stub_reset();
	stub.result = *result;
	engine_init(engine, settings);
	while ((found = packet_next(span_of(c.at, c.left), &m.packet)) ==
	       PACKET_WHOLE) {
		m.at = input.len - c.left;
		m.sent_len = stub.sent_len;
		m.log_len = stub.log_len;
		if (stop(&m, argument) ||
		    !cursor_take(&c, m.packet.size, &bytes) ||
		    engine_input(engine, bytes, &took) == ENGINE_CLOSE)
			break;
		advance(&m);
	}
	if (found == PACKET_BAD) {
		m.at = input.len - c.left;
		m.sent_len = stub.sent_len;
		m.log_len = stub.log_len;
		m.packet.command = c.left > 4 ? c.at[4] : 0;
		(void)engine_input(engine, span_of(c.at, c.left), &took);
		(void)cursor_take(&c, c.left > 4 ? 5 : c.left, &bytes);
	}
	why = engine_why(engine);
	engine_close(engine);
	free(engine);
	*last = m;
	*used = input.len - c.left;
	trace->ending = why[0] == '\0' ? ENDED_AT_EOF : ENDED_BY_US;
	keep(trace);
	return why;
}
