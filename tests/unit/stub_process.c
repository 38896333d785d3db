/* SPDX-License-Identifier: ISC */
/*
 * Recording host functions; see stub_process.h.  The log has one line per call:
 *   begin N QUEUEID / field NAME:VALUE / body BYTES / end N SIZE [WHY] /
 *   part NAME DECODING SIZE [again] / read HOW / abort / report N OUTCOME ACTION QUEUEID ADDR NAME HELO SENDER RCPTS
 *   [rule N refused N STAGE]
 * Only the first 32 bytes of each body piece are shown.
 */
#include "tests/unit/stub_process.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/mail/stamp_fields.h"

struct stub_process stub;

#define SHOWN_MAX 32

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "host called out of order: %s\n", what);
	abort();
}

void
stub_reset(void)
{
	memset(&stub, 0, offsetof(struct stub_process, sent));
	memset(&stub.sent_len, 0,
	    offsetof(struct stub_process, content) -
		offsetof(struct stub_process, sent_len));
	stub.content_len = 0;
	stub.log[0] = '\0';
	stub.log_len = 0;
	stub.scanning = stub.settled = stub.closing = false;
	stub.reading = stub.in_part = stub.found = false;
	stub.parts = 0;
	stub.replay = REPLAY_PIECE;
	stub.result.outcome = OUTCOME_CLEAN;
	stub.stored = true;
	stub.send_limit = SIZE_MAX;
}

static void line(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
line(const char *format, ...)
{
	size_t room = sizeof(stub.log) - stub.log_len;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(&stub.log[stub.log_len], room, format, ap);
	va_end(ap);
	if (len > 0 && (size_t)len < room)
		stub.log_len += (size_t)len;
	else
		stub.log[stub.log_len] = '\0';
}

/* What does not fit is left out. */
static void
keep(struct span s)
{
	if (s.len > sizeof(stub.content) - stub.content_len)
		return;
	memcpy(&stub.content[stub.content_len], s.ptr, s.len);
	stub.content_len += s.len;
}

/* The same of what a replay gives. */
static void
store(struct span s)
{
	if (s.len > sizeof(stub.message) - stub.message_len)
		return;
	memcpy(&stub.message[stub.message_len], s.ptr, s.len);
	stub.message_len += s.len;
}

/* A value, with CRLF where it is folded. */
static void
store_folded(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n' &&
		    (i == 0 || value.ptr[i - 1] != '\r'))
			store(span_text("\r"));
		store(span_of(value.ptr + i, 1));
	}
}

/* The blank line, once. */
static void
end_header(void)
{
	if (!stub.blank)
		store(span_text("\r\n"));
	stub.blank = true;
}

bool
process_mta_send(struct span bytes)
{
	need(bytes.len > 0, "empty send");
	if (stub.sent_len + bytes.len > stub.send_limit)
		return false;
	stub.sends++;
	if (bytes.len <= sizeof(stub.sent) - stub.sent_len) {
		memcpy(&stub.sent[stub.sent_len], bytes.ptr, bytes.len);
		stub.sent_len += bytes.len;
	}
	return true;
}

void
process_scan_begin(uint32_t message, const char *queue_id,
    const char *client_addr, bool candidates)
{
	(void)client_addr;
	stub.candidates_due = candidates;
	need(!stub.scanning && !stub.settled && !stub.closing, "begin");
	stub.scanning = true;
	stub.begins++;
	stub.content_len = stub.message_len = 0;
	stub.blank = false;
	line("begin %u %s\n", message, queue_id);
}

void
process_scan_field(struct span name, struct span value)
{
	need(stub.scanning, "field");
	stub.field_bytes += name.len + value.len + 3;
	keep(name);
	keep(span_text(":"));
	keep(value);
	keep(span_text("\r\n"));
	store(name);
	store(span_text(":"));
	store_folded(value);
	store(span_text("\r\n"));
	line("field %.*s:%.*s\n",
	    (int)(name.len < SHOWN_MAX ? name.len : SHOWN_MAX),
	    (const char *)name.ptr,
	    (int)(value.len < SHOWN_MAX ? value.len : SHOWN_MAX),
	    (const char *)value.ptr);
}

void
process_scan_candidate(uint32_t peer, const struct candidate *c)
{
	need(stub.scanning && stub.candidates_due, "candidate");
	line("candidate %u %u\n", peer, c->number);
}

void
process_scan_body(struct span bytes)
{
	need(stub.scanning, "body");
	stub.body_bytes += bytes.len;
	end_header();
	keep(bytes);
	store(bytes);
	line("body %.*s\n",
	    (int)(bytes.len < SHOWN_MAX ? bytes.len : SHOWN_MAX),
	    (const char *)bytes.ptr);
}

void
process_scan_end(uint32_t message, uint64_t size, enum outcome so_far,
    bool readings, struct span progress)
{
	static const uint8_t packet[] = {0, 0, 0, 1, 'p'};

	need(stub.scanning, "end");
	need(progress.len == sizeof(packet) &&
		 memcmp(progress.ptr, packet, sizeof(packet)) == 0,
	    "progress");
	end_header();
	stub.scanning = false;
	stub.settled = true;
	stub.reading = readings;
	stub.parts = 0;
	stub.ends++;
	stub.sent_at_end = stub.sent_len;
	line("end %u %llu%s%s\n", message, (unsigned long long)size,
	    readings ? " readings" : "",
	    so_far == OUTCOME_TOO_BIG  ? " big"
	    : so_far == OUTCOME_LIMITS ? " limits"
	    : so_far == OUTCOME_EXEMPT ? " exempt"
	    : so_far == OUTCOME_POLICY ? " policy"
				       : "");
}

void
process_scan_result(uint32_t message, struct scan_result *out)
{
	(void)message;
	need(stub.settled && !stub.reading, "result");
	*out = stub.result;
}

void
process_scan_part(const struct reading_object *object)
{
	need(stub.reading && !stub.in_part, "part");
	stub.in_part = true;
	stub.object = *object;
	stub.part_len = 0;
}

void
process_scan_part_bytes(struct span bytes)
{
	need(stub.in_part, "part bytes");
	stub.part_len += bytes.len;
	stub.found = stub.found || memmem(bytes.ptr, bytes.len, STUB_FIND,
				       sizeof(STUB_FIND) - 1) != NULL;
}

void
process_scan_part_end(bool keep)
{
	need(stub.in_part, "part end");
	stub.in_part = false;
	stub.parts += keep;
	line("part %s %s %zu%s\n", stub.object.part,
	    decoding_name(stub.object.decoding), stub.part_len,
	    keep ? "" : " again");
}

void
process_scan_read(uint32_t message, enum read_end end)
{
	(void)message;
	need(stub.reading && end < READ_ENDS, "read");
	stub.reading = stub.in_part = false;
	stub.read = end;
	line("read %d\n", (int)end);
}

void
process_scan_abort(void)
{
	need(stub.scanning, "abort");
	stub.scanning = false;
	stub.settled = true;
	stub.aborts++;
	line("abort\n");
}

/* What was scanned, in pieces of a few bytes. */
enum replay
process_replay(uint32_t message, uint64_t at, struct span *piece)
{
	size_t left;

	(void)message;
	need(stub.settled && at <= stub.message_len, "replay");
	if (!stub.stored)
		return REPLAY_NOT_STORED;
	if (stub.replay != REPLAY_PIECE)
		return stub.replay;
	left = stub.message_len - (size_t)at;
	if (left == 0)
		return REPLAY_END;
	*piece = span_of(
	    stub.message + at, left < STUB_PIECE_MAX ? left : STUB_PIECE_MAX);
	return REPLAY_PIECE;
}

void
process_claims(const struct claims *r)
{
	need(stub.settled, "report");
	stub.settled = false;
	stub.reports++;
	stub.report = *r;
	line("report %u %s %s [%s] [%s] [%s] [%s] [%s] %u\n", r->message,
	    *outcome_reason(r->outcome) ? outcome_reason(r->outcome)
					: outcome_verdict(r->outcome),
	    action_name(r->action), r->queue_id, r->client_addr, r->client_name,
	    r->helo, r->sender, r->recipients);
	if (r->rule == 0 && r->refused == 0)
		return;
	stub.log_len--; /* the end of that line */
	line(" rule %u refused %u %s\n", r->rule, r->refused,
	    policy_stage_name((enum policy_stage)r->stage));
}

void
process_closing(const char *why, const struct claims *r)
{
	need(!stub.closing && *why != '\0', "closing");
	stub.closing = true;
	snprintf(stub.closing_why, sizeof(stub.closing_why), "%s", why);
	stub.closing_report = *r;
}
