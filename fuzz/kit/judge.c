/* SPDX-License-Identifier: ISC */
/* The judge of a conversation; see judge.h. */
#include "fuzz/kit/judge.h"

#include <strings.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/fuzz_process.h"
#include "fuzz/kit/verdict.h"
#include "parser/milter/milter.h"

/* Where a conversation stands: the commands that are legal there, and those
 * that are if the end of headers need not come. */
enum phase { START, READY, SESSION, OVER, MAIL, RCPT, CONTENT, BODY };
static const struct {
	const char *legal, *waived;
	bool open; /* a message is */
} phases[] = {
    [START] = {"OQ", "", false},
    [READY] = {"CDHMUAKQ", "", false},
    [SESSION] = {"DHMUAKQ", "", false},
    [OVER] = {"DAKQ", "", false},
    [MAIL] = {"DHMRUAKQ", "", true},
    [RCPT] = {"DHMRUTLNAKQ", "BE", true},
    [CONTENT] = {"DHMLNAKQ", "BE", true},
    [BODY] = {"DHMBEAKQ", "", true},
};

/* The flags that no answer has where a rule may decide. */
static const uint32_t needed[POLICY_STAGES] = {MILTER_P_NR_CONN,
    MILTER_P_NR_HELO, MILTER_P_NR_MAIL, MILTER_P_NR_RCPT,
    MILTER_P_NR_DATA | MILTER_P_NODATA, MILTER_P_NR_HDR,
    MILTER_P_NR_EOH | MILTER_P_NOEOH, MILTER_P_NR_BODY};

/* The flag that makes a command go without a reply. */
static const struct {
	char command;
	uint32_t flag;
} silent[] = {
    {'C', MILTER_P_NR_CONN},
    {'H', MILTER_P_NR_HELO},
    {'M', MILTER_P_NR_MAIL},
    {'R', MILTER_P_NR_RCPT},
    {'T', MILTER_P_NR_DATA},
    {'U', MILTER_P_NR_UNKN},
    {'L', MILTER_P_NR_HDR},
    {'N', MILTER_P_NR_EOH},
    {'B', MILTER_P_NR_BODY},
    {'O', 0},
    {'E', 0},
};

static struct {
	enum phase phase;
	struct wire_offer granted;
	struct content content;
	bool begun;  /* the message's content */
	bool data;   /* the rule was asked at DATA */
	bool always; /* it has decided for the session */
	uint32_t exempt;
	uint32_t asked;
	uint64_t early;
	uint8_t reply; /* to this packet, if there is one */
	bool over;     /* the message, or the session, is */
	struct message message;
	struct cursor out; /* what was sent */
	uint32_t judged;   /* verdicts looked at */
} model;

/* What libFuzzer counts as reached besides edges: each command in each phase,
 * for a table's rows have no edges of their own.  Other builds ignore it. */
/* Between fields and body: it counts. */
#define EMPTY_LINE 2

static uint8_t reached[BODY + 1][2][128]
    __attribute__((section("__libfuzzer_extra_counters")));

void
judge_start(void)
{
	memset(&model, 0, sizeof(model));
	model.message.size = EMPTY_LINE;
}

/* --- what should come of a packet -------------------------------------------- */

static size_t
nuls(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == '\0';
	return n;
}

/* Whether a payload has its command's structure; CONNECT's is left to the
 * packet target. */
static bool
well_formed(const struct wire_packet *p)
{
	struct span s = p->payload;
	bool ended = s.len > 0 && s.ptr[s.len - 1] == '\0';

	switch (p->code) {
	case 'O':
		return s.len >= 12;
	case 'H':
	case 'U':
		return ended && nuls(s) == 1;
	case 'M':
	case 'R':
		return ended;
	case 'L':
		return ended && nuls(s) == 2 && s.ptr[0] != '\0';
	case 'D':
		if (s.len > 0)
			s = span_of(s.ptr + 1, s.len - 1);
		return p->payload.len > 0 && nuls(s) % 2 == 0 &&
		       (s.len == 0 || ended);
	case 'B':
		return s.len > 0;
	default:
		return true;
	}
}

static bool
nobody_left(void)
{
	return model.message.refused > 0 && model.message.recipients == 0;
}

/* So many messages will there have been, once the open one has ended. */
static uint32_t
messages_before(uint8_t code)
{
	bool refused = code == 'M' && !model.begun && nobody_left();

	return model.content.begun + refused;
}

static bool
is_one_of(uint8_t code, const char *set)
{
	return code != '\0' && strchr(set, code) != NULL;
}

/* Why this packet ends the conversation; "" if it does not. */
static const char *
expected_end(const struct wire_packet *p)
{
	const char *legal = phases[model.phase].legal;
	bool waived = (model.granted.flags & MILTER_P_NOEOH) != 0;
	const struct limit_settings *limits = &host.plan.settings.limits;
	struct cursor c = cursor_of(p->payload);

	if (!is_one_of(p->code, "OCDHMRTLNBEUAKQ"))
		return "unknown-command";
	reached[model.phase][waived][p->code] = 1;
	if (!is_one_of(p->code, legal) &&
	    !(waived && is_one_of(p->code, phases[model.phase].waived)))
		return "order";
	if (!well_formed(p))
		return "payload";
	if (p->code == 'O' && fuzz_u32(&c) < 2)
		return "negotiation";
	/* The first string is the address. */
	if (is_one_of(p->code, "MR") &&
	    (nuls(p->payload) - 1 > limits->parameters ||
		messages_before(p->code) >= limits->messages))
		return "limits";
	return p->code == 'Q' ? "quit" : "";
}

static bool
wants_reply(uint8_t code)
{
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (silent[i].command == (char)code)
			return (model.granted.flags & silent[i].flag) == 0;
	return false;
}

static void
enter(uint8_t code)
{
	bool was_open = phases[model.phase].open;

	if (model.over) {
		model.phase = is_one_of(code, "CH") ? OVER : SESSION;
		return;
	}
	switch (code) {
	case 'O':
	case 'K':
		model.phase = READY;
		break;
	case 'C':
	case 'H':
	case 'E':
		model.phase = SESSION;
		break;
	case 'A':
		if (was_open)
			model.phase = SESSION;
		break;
	case 'M':
		model.phase = MAIL;
		break;
	case 'R':
		model.phase = RCPT;
		break;
	case 'T':
	case 'L':
		model.phase = CONTENT;
		break;
	case 'N':
	case 'B':
		model.phase = BODY;
		break;
	default:
		break;
	}
}

/* --- content ----------------------------------------------------------------- */

static void
new_message(void)
{
	model.begun = model.data = false;
	model.exempt = 0;
	model.message =
	    (struct message){.size = EMPTY_LINE, .ruled = model.always};
}

/* Decided before its end: the scanner is told, and dropped. */
static void
end_early(enum policy_stage stage)
{
	if (!model.begun)
		content_begin(&model.content);
	content_drop(&model.content);
	host_fold_early(&model.early, stage, model.message.refused);
	new_message();
}

static void
forget_message(void)
{
	if (model.begun)
		content_drop(&model.content);
	else if (nobody_left())
		end_early(POLICY_RCPT);
	new_message();
}

static void end_recipients(void);
static bool rule_decides(enum policy_stage);

static void
begin_content(void)
{
	bool told = model.data;

	end_recipients();
	if (!told && rule_decides(POLICY_DATA))
		model.message.ruled = true;
	if (!model.begun)
		content_begin(&model.content);
	model.begun = true;
}

static bool
admit(uint64_t bytes)
{
	model.message.size += bytes;
	if (model.message.size > host.plan.settings.max_message_size)
		model.message.too_big = true;
	return !model.message.too_big && !model.message.limits &&
	       !model.message.ruled;
}

/* --- the rule ----------------------------------------------------------------- */

static bool
rule_decides(enum policy_stage stage)
{
	return host.plan.stages != 0 && !model.message.ruled && !model.always &&
	       stage == host.plan.rule_stage && model.asked++ % 2 == 0;
}

/* What it comes to at this stage: an answer, or it is kept. */
static void
act(enum policy_stage stage)
{
	enum action action = host.plan.rule_action;
	bool session = stage <= POLICY_HELO;
	static const uint8_t replies[ACTION_COUNT] = {[ACTION_REJECT] = 'r',
	    [ACTION_TEMPFAIL] = 't',
	    [ACTION_DISCARD] = 'd',
	    [ACTION_PASS] = 'a'};

	model.always = model.always || session;
	if (replies[action] == 0 || (session && action == ACTION_DISCARD)) {
		model.message.ruled = true;
		return;
	}
	model.reply = replies[action];
	if (stage == POLICY_RCPT && strchr("rt", model.reply) != NULL) {
		model.message.refused++;
		return;
	}
	model.over = true;
	end_early(stage);
}

static void
take_recipient(void)
{
	bool decides = rule_decides(POLICY_RCPT);
	enum action action = host.plan.rule_action;

	if (!decides || (action != ACTION_REJECT && action != ACTION_TEMPFAIL))
		if (++model.message.recipients >
		    host.plan.settings.limits.recipients)
			model.message.limits = true;
	if (decides && action == ACTION_ACCEPT)
		model.exempt++;
	else if (decides)
		act(POLICY_RCPT);
}

static void
end_recipients(void)
{
	if (model.data)
		return;
	model.data = true;
	if (nobody_left() ||
	    (model.exempt > 0 && model.exempt == model.message.recipients))
		model.message.ruled = true;
}

static void
count_field(uint64_t bytes)
{
	const struct limit_settings *limits = &host.plan.settings.limits;

	model.message.header_size += bytes;
	if (++model.message.fields > limits->header_fields ||
	    model.message.header_size > limits->header_size)
		model.message.limits = true;
}

static bool
is_named(struct span name, const char *ours)
{
	return *ours != '\0' && name.len == strlen(ours) &&
	       strncasecmp((const char *)name.ptr, ours, name.len) == 0;
}

/* Line ends that SMTP has with a CR in front. */
static uint64_t
bare_ends(struct span value)
{
	uint64_t n = 0;

	for (size_t i = 0; i < value.len; i++)
		n += value.ptr[i] == '\n' &&
		     (i == 0 || value.ptr[i - 1] != '\r');
	return n;
}

static void
take_field(struct span payload)
{
	const struct session_settings *set = &host.plan.settings;
	struct cursor c = cursor_of(payload);
	struct span name = {0}, value = {0};
	uint64_t bytes;
	bool space, fits;

	NEED(cursor_string(&c, &name) && cursor_string(&c, &value));
	begin_content();
	space =
	    (model.granted.flags & MILTER_P_HDR_LEADSPC) == 0 && value.len > 0;
	if (is_named(name, set->header_scanned))
		model.message.forged[0]++;
	else if (is_named(name, set->header_status))
		model.message.forged[1]++;
	if (verdict_too_many(&model.message))
		model.message.limits = true;
	bytes = name.len + value.len + space + 3 + bare_ends(value);
	count_field(bytes);
	fits = admit(bytes);
	if (rule_decides(POLICY_HEADER))
		act(POLICY_HEADER);
	else if (fits)
		content_field(&model.content, name, value, space);
}

static void
take_body(struct span bytes)
{
	bool fits;

	begin_content();
	fits = admit(bytes.len);
	if (rule_decides(POLICY_BODY))
		act(POLICY_BODY);
	else if (fits)
		content_body(&model.content, bytes);
}

static void
take_end(struct span piece)
{
	if (piece.len > 0)
		take_body(piece);
	if (model.over)
		return;
	begin_content();
	if (rule_decides(POLICY_EOM))
		model.message.ruled = true;
	else
		model.message.overruled = rule_decides(POLICY_OUTCOME);
	content_end(&model.content);
	model.begun = false;
}

static void
take_stage(enum policy_stage stage)
{
	if (stage == POLICY_DATA)
		end_recipients();
	if (stage == POLICY_EOH &&
	    (host.plan.stages & POLICY_BIT(POLICY_EOH)) != 0)
		begin_content();
	if (rule_decides(stage))
		act(stage);
}

static void
take_content(const struct wire_packet *p)
{
	static const char envelope[] = "CHM"; /* in the order of stages */
	const char *at = strchr(envelope, p->code);

	model.reply = 'c';
	model.over = false;
	if (is_one_of(p->code, "HMAK"))
		forget_message();
	if (p->code == 'K')
		model.always = model.message.ruled = false;
	if (at != NULL)
		take_stage((enum policy_stage)(at - envelope));
	if (p->code == 'R')
		take_recipient();
	if (p->code == 'T')
		take_stage(POLICY_DATA);
	if (p->code == 'N')
		take_stage(POLICY_EOH);
	if (p->code == 'L')
		take_field(p->payload);
	if (p->code == 'B')
		take_body(p->payload);
	if (p->code == 'E')
		take_end(p->payload);
}

/* --- replies ------------------------------------------------------------------ */

static void
answered_offer(const struct wire_packet *p)
{
	struct cursor c = cursor_of(p->payload);
	struct wire_packet reply = wire_next(&model.out);
	struct wire_offer offer;

	offer.version = fuzz_u32(&c);
	offer.actions = fuzz_u32(&c);
	offer.flags = fuzz_u32(&c);
	model.granted = wire_answer(&reply, &offer);
	for (size_t i = 0; i < POLICY_STAGES; i++)
		NEED((host.plan.stages & POLICY_BIT(i)) == 0 ||
		     (model.granted.flags & needed[i]) == 0);
}

/* A text of the class that the code stands for will do. */
static bool
is_reply(const struct wire_packet *p, uint8_t code)
{
	if (p->code != 'y')
		return p->code == code && p->payload.len == 0;
	return (code == 'r' && p->payload.ptr[0] == '5') ||
	       (code == 't' && p->payload.ptr[0] == '4');
}

static void
answered(const struct wire_packet *p)
{
	struct wire_packet reply;

	if (p->code == 'O')
		answered_offer(p);
	else if (p->code == 'E' && !model.over) {
		NEED(model.judged < host.judged_count);
		NEED((size_t)(model.out.at - host.sent) ==
		     host.judged[model.judged].sent_at);
		verdict_check(&model.message, &model.granted,
		    &host.judged[model.judged++], &model.out);
		new_message();
	} else if (wants_reply(p->code)) {
		reply = wire_next(&model.out);
		wire_check(&reply, &model.granted);
		NEED(is_reply(&reply, model.reply));
	} else {
		NEED(model.reply == 'c');
	}
}

static void
same_content(void)
{
	const struct content *a = &model.content, *b = &host.content;

	NEED(a->begun == b->begun && a->ended == b->ended &&
	     a->dropped == b->dropped);
	NEED(a->total == b->total);
	NEED(a->open == b->open);
	NEED(model.early == host.early && model.asked == host.asked);
}

/* One packet that the engine took; returns why it should have closed. */
static const char *
judge_packet(const struct wire_packet *p, bool last, const char *why)
{
	const char *expected = expected_end(p);

	if (*expected == '\0' && p->code == 'C' && last &&
	    strcmp(why, "payload") == 0)
		expected = why;
	if (*expected == '\0') {
		take_content(p);
		answered(p);
		enter(p->code);
	}
	return expected;
}

void
judge_input(struct span in, size_t used, bool closed, const char *why)
{
	struct cursor c = cursor_of(span_of(in.ptr, used));
	const char *end = "";
	uint32_t length;

	NEED(used <= in.len && closed == (*why != '\0'));
	if (host.gone) {
		NEED(closed);
		host.closed = true;
		return;
	}
	model.out = cursor_of(span_of(host.sent, host.sent_len));
	model.judged = 0;
	while (!cursor_empty(&c)) {
		struct wire_packet p = wire_next(&c);

		NEED(*end == '\0');
		end = judge_packet(&p, cursor_empty(&c), why);
	}
	c = cursor_of(span_of(in.ptr + used, in.len - used));
	if (*end == '\0' && cursor_u32(&c, &length)) {
		if (length < 1 || length > 65536)
			end = "length";
		else
			NEED(c.left < length);
	}
	NEED(strcmp(end, why) == 0);
	NEED(cursor_empty(&model.out) && model.judged == host.judged_count);
	if (closed)
		forget_message();
	same_content();
	host_looked();
	host.closed = closed;
}

void
judge_end(void)
{
	NEED(host_settled());
	if (host.gone)
		return;
	forget_message();
	same_content();
	NEED(host.judged_count == 0 && host.sent_len == 0);
}
