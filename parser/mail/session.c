/* SPDX-License-Identifier: ISC */
/*
 * The session logic; see session.h.  Runs in the session process and in
 * pratique-libmilter, knows neither packets nor sockets.
 *
 * It promises: each message that began to be scanned ends in exactly one
 * process_claims; the scanner gets no more of a message once it has been
 * decided not to scan it; when an edit cannot be made the message is
 * tempfailed; everything is known before the first edit is sent; nothing of one
 * message is left for the next.
 */
#include "parser/mail/session.h"

#include <strings.h>

#include "lib/ensure.h"
#include "lib/field.h"
#include "parser/mail/disposal.h"
#include "parser/mail/envelope.h"
#include "parser/mail/inspection.h"
#include "parser/mail/process.h"

static const struct span nothing;

/* Copies into a field of the report: cut, padded with NUL. */
static void
keep_text(char *to, size_t size, struct span text)
{
	size_t len = text.len < size - 1 ? text.len : size - 1;

	memset(to, 0, size);
	if (len > 0)
		memcpy(to, text.ptr, len);
}

static void
keep_queue_id(struct session *s, struct span queue_id)
{
	if (queue_id.len > 0)
		keep_text(
		    s->report.queue_id, sizeof(s->report.queue_id), queue_id);
}

/* Forgets the message, keeps the session and what was decided for it. */
static void
clear_message(struct session *s)
{
	struct claims *r = &s->report;

	r->recipients = r->refused = r->rule = 0;
	r->stage = 0;
	memset(r->queue_id, 0, sizeof(r->queue_id));
	memset(r->sender, 0, sizeof(r->sender));
	r->anomalies = (struct anomalies){0};
	r->limit = SESSION_LIMIT_NONE;
	s->size = FIELD_SEPARATOR; /* still to come */
	s->forged_scanned = s->forged_status = 0;
	s->fields = s->exempt = 0;
	s->header_size = 0;
	s->scanning = s->data = false;
	if (s->scope == SESSION_SCOPE_MESSAGE)
		s->scope = SESSION_SCOPE_NONE;
	s->so_far =
	    s->scope == SESSION_SCOPE_NONE ? OUTCOME_CLEAN : s->decided.outcome;
	s->read = READ_COMPLETE;
	s->whole = false;
	stamps_clear(&s->stamps);
}

void
session_init(struct session *s, const struct session_settings *settings,
    struct inspection *inspection)
{
	s->settings = settings;
	s->inspection = inspection;
	s->messages = 0;
	s->wanted = rules_wants(settings).stages;
	session_reset(s);
}

struct rules_wants
session_wants(const struct session_settings *settings)
{
	struct rules_wants wants = rules_wants(settings);

	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		if (settings->disposition[i].action == ACTION_QUARANTINE)
			wants.quarantine = true;
	}
	return wants;
}

void
session_reset(struct session *s)
{
	memset(&s->report, 0, sizeof(s->report));
	s->scope = SESSION_SCOPE_NONE;
	s->has_reply = false;
	clear_message(s);
	stamps_reset(&s->stamps);
}

bool
session_is_over(bool recipient, enum session_status status)
{
	bool refused = status == SESSION_REJECT || status == SESSION_TEMPFAIL;

	return status != SESSION_CONTINUE && !(recipient && refused);
}

const char *
session_reply(const struct session *s)
{
	return s->has_reply ? s->reply.text : "";
}

/* --- decisions ------------------------------------------------------------ */

static bool
is_decided(const struct session *s)
{
	return s->scope != SESSION_SCOPE_NONE;
}

/* What rules.h allows a rule to say. */
static void
ensure_legal(const struct rules_question *q, const struct decision *d)
{
	bool passes = d->action == ACTION_ACCEPT || d->action == ACTION_PASS;

	ensure(d->rule != 0 && d->action != ACTION_ABORTED &&
	       d->action < ACTION_COUNT);
	if (q->stage != POLICY_OUTCOME) {
		ensure(
		    d->outcome == (passes ? OUTCOME_EXEMPT : OUTCOME_POLICY));
		return;
	}
	ensure(d->action != ACTION_PASS);
	ensure(d->outcome == q->outcome ||
	       (d->outcome == OUTCOME_POLICY && !passes));
}

/*
 * The one function that decides.  What was decided before stands; else a rule
 * may decide; else, once there is an outcome, the table of dispositions does.
 * False: nothing does here.
 */
static bool
decide(struct session *s, struct rules_question *q, struct decision *out)
{
	const struct disposition *d;

	q->settings = s->settings;
	q->claims = &s->report;
	if (is_decided(s)) {
		*out = s->decided;
		return q->stage == POLICY_OUTCOME;
	}
	if ((s->wanted & POLICY_BIT(q->stage)) != 0 && rules_decide(q, out)) {
		ensure_legal(q, out);
		return true;
	}
	if (q->stage != POLICY_OUTCOME)
		return false;
	ensure(q->outcome < OUTCOME_COUNT);
	d = &s->settings->disposition[q->outcome];
	*out = (struct decision){q->outcome, d->action, 0, d->reply};
	return true;
}

/* From here on the scanner gets nothing more of the message. */
static void
keep_decision(
    struct session *s, enum session_scope scope, const struct decision *d)
{
	ensure(scope != SESSION_SCOPE_NONE && !is_decided(s));
	s->scope = scope;
	s->decided = *d;
	s->so_far = d->outcome;
}

/* The rule's or the operator's text.  One that is not of the action's class, or
 * not fit to be sent, leaves the MTA's default. */
static void
prepare_reply(struct session *s, const struct decision *d, const char *name)
{
	char class = d->action == ACTION_REJECT ? '5' : '4';

	s->has_reply = phrase_reply(&s->reply, d->reply, name) &&
		       s->reply.text[0] == class;
}

static void
prepare_early_reply(struct session *s, const struct decision *d)
{
	char name[PHRASE_NAME_MAX + 1];

	phrase_name(d->outcome, "", name);
	prepare_reply(s, d, name);
}

static void
report(struct session *s, const struct decision *d, enum action taken)
{
	ensure(d->outcome < OUTCOME_COUNT && taken < ACTION_COUNT);
	s->report.outcome = (uint8_t)d->outcome;
	s->report.action = (uint8_t)taken;
	s->report.rule = d->rule;
	s->report.stamps = (uint8_t)stamps_reason(&s->stamps);
	process_claims(&s->report);
	clear_message(s);
}

static void
begin_scan(struct session *s, struct span queue_id)
{
	keep_queue_id(s, queue_id);
	if (s->scanning)
		return;
	s->scanning = true;
	s->report.message = ++s->messages;
	process_scan_begin(s->report.message, s->report.queue_id,
	    s->report.client_addr,
	    s->stamps.peer != STAMPS_NO_PEER && !is_decided(s));
	if (!is_decided(s))
		inspection_begin(s->inspection);
}

/* Ends the message, or what there is of a session, before its time. */
static void
end_early(struct session *s, enum policy_stage stage, const struct decision *d,
    struct span queue_id)
{
	begin_scan(s, queue_id);
	process_scan_abort();
	s->report.stage = (uint8_t)stage;
	report(s, d, d->action);
}

/* What can be answered here and now; CONTINUE: it has to be kept. */
static enum session_status
status_now(enum policy_stage stage, enum action action)
{
	switch (action) {
	case ACTION_PASS:
		return SESSION_ACCEPT;
	case ACTION_REJECT:
		return SESSION_REJECT;
	case ACTION_TEMPFAIL:
		return SESSION_TEMPFAIL;
	case ACTION_DISCARD: /* there is no message to be discarded yet */
		return stage < POLICY_MAIL ? SESSION_CONTINUE : SESSION_DISCARD;
	case ACTION_ACCEPT:
	case ACTION_QUARANTINE:
	case ACTION_ABORTED:
	case ACTION_COUNT:
		break;
	}
	return SESSION_CONTINUE;
}

/* Carries out what was decided at a stage before the end of the message. */
static enum session_status
act(struct session *s, enum policy_stage stage, const struct decision *d,
    struct span queue_id)
{
	enum session_status status = status_now(stage, d->action);
	bool whole = stage < POLICY_MAIL; /* the session */

	if (status == SESSION_REJECT || status == SESSION_TEMPFAIL)
		prepare_early_reply(s, d);
	if (whole || status == SESSION_CONTINUE)
		keep_decision(
		    s, whole ? SESSION_SCOPE_ALL : SESSION_SCOPE_MESSAGE, d);
	if (status != SESSION_CONTINUE)
		end_early(s, stage, d, queue_id);
	return status;
}

/* A stage that has nothing of its own. */
static enum session_status
at_stage(struct session *s, enum policy_stage stage, struct span queue_id)
{
	struct rules_question q = {.stage = stage};
	struct decision d;

	return decide(s, &q, &d) ? act(s, stage, &d, queue_id)
				 : SESSION_CONTINUE;
}

/* --- envelope ------------------------------------------------------------- */

enum session_status
session_connect(
    struct session *s, struct span host, struct span address, bool is_ip)
{
	struct claims *r = &s->report;

	keep_text(r->client_name, sizeof(r->client_name), host);
	keep_text(r->client_addr, sizeof(r->client_addr), address);
	stamps_connect(
	    &s->stamps, &s->settings->stamp, is_ip ? r->client_addr : "");
	return at_stage(s, POLICY_CONNECT, nothing);
}

enum session_status
session_helo(struct session *s, struct span helo)
{
	keep_text(s->report.helo, sizeof(s->report.helo), helo);
	return at_stage(s, POLICY_HELO, nothing);
}

enum session_status
session_envfrom(struct session *s, struct span sender, struct span queue_id)
{
	clear_message(s);
	keep_text(s->report.sender, sizeof(s->report.sender),
	    envelope_mailbox(sender));
	return at_stage(s, POLICY_MAIL, queue_id);
}

/* The first limit is the one reported.  A message that was decided on is not
 * scanned anyway. */
void
session_limit(struct session *s, enum session_limit limit)
{
	if (is_decided(s))
		return;
	if (s->report.limit == SESSION_LIMIT_NONE)
		s->report.limit = (uint8_t)limit;
	s->so_far = OUTCOME_LIMITS;
}

static enum session_status
refuse_recipient(struct session *s, const struct decision *d)
{
	s->report.refused++;
	s->refused = *d;
	prepare_early_reply(s, d);
	return status_now(POLICY_RCPT, d->action);
}

static void
accept_recipient(struct session *s)
{
	if (++s->report.recipients > s->settings->limits.recipients)
		session_limit(s, SESSION_LIMIT_RECIPIENTS);
}

enum session_status
session_envrcpt(struct session *s, struct span recipient, struct span queue_id)
{
	struct rules_question q = {
	    .stage = POLICY_RCPT, .recipient = envelope_mailbox(recipient)};
	struct decision d;
	bool decided = decide(s, &q, &d);

	if (decided &&
	    (d.action == ACTION_REJECT || d.action == ACTION_TEMPFAIL))
		return refuse_recipient(s, &d);
	accept_recipient(s);
	if (!decided)
		return SESSION_CONTINUE;
	if (d.action != ACTION_ACCEPT)
		return act(s, POLICY_RCPT, &d, queue_id);
	if (s->exempt++ == 0)
		s->exempted = d;
	return SESSION_CONTINUE;
}

/* No more recipients are to come. */
static void
count_recipients(struct session *s)
{
	const struct claims *r = &s->report;

	if (is_decided(s))
		return;
	if (r->recipients == 0 && r->refused > 0)
		keep_decision(s, SESSION_SCOPE_MESSAGE, &s->refused);
	else if (s->exempt > 0 && s->exempt == r->recipients)
		keep_decision(s, SESSION_SCOPE_MESSAGE, &s->exempted);
}

enum session_status
session_data(struct session *s, struct span queue_id)
{
	s->data = true;
	count_recipients(s);
	return at_stage(s, POLICY_DATA, queue_id);
}

/* --- content -------------------------------------------------------------- */

/* Old MTAs do not report DATA: what is decided there is kept for the end of the
 * message. */
static void
begin_content(struct session *s, struct span queue_id)
{
	struct rules_question q = {.stage = POLICY_DATA};
	struct decision d;

	if (!s->data) {
		s->data = true;
		count_recipients(s);
		if (decide(s, &q, &d))
			keep_decision(s, SESSION_SCOPE_MESSAGE, &d);
	}
	begin_scan(s, queue_id);
}

/* Adds to the size; false if a limit has been passed, now or before, or the
 * message was decided on: then nothing more goes to the scanner. */
static bool
within_limits(struct session *s, uint64_t bytes)
{
	s->size += bytes;
	if (s->size > s->settings->max_message_size && !is_decided(s))
		s->so_far = OUTCOME_TOO_BIG;
	return s->so_far == OUTCOME_CLEAN;
}

static void
count_field(struct session *s, uint64_t bytes)
{
	const struct limit_settings *limits = &s->settings->limits;

	s->header_size += bytes;
	if (++s->fields > limits->header_fields)
		session_limit(s, SESSION_LIMIT_HEADER_FIELDS);
	if (s->header_size > limits->header_size)
		session_limit(s, SESSION_LIMIT_HEADER_SIZE);
}

static bool
is_named(struct span name, const char *ours)
{
	return name.len > 0 && name.len == strlen(ours) &&
	       strncasecmp((const char *)name.ptr, ours, name.len) == 0;
}

/* Is it one of ours?  Counted to the end, also of what is too big: positions
 * matter. */
static bool
count_own(struct session *s, struct span name, struct span value)
{
	bool own = true;

	if (is_named(name, s->settings->header_scanned))
		s->forged_scanned++;
	else if (is_named(name, s->settings->header_status))
		s->forged_status++;
	else if (is_named(name, s->settings->stamp.header))
		stamps_field(&s->stamps, value);
	else
		own = false;
	if (disposal_too_many(s))
		session_limit(s, SESSION_LIMIT_OWN_FIELDS);
	return own;
}

enum session_status
session_header(struct session *s, struct span name, struct span value,
    struct span queue_id)
{
	struct rules_question q = {
	    .stage = POLICY_HEADER, .name = name, .value = value};
	uint64_t bytes = field_size(name, value);
	struct decision d;
	bool fits, own;

	begin_content(s, queue_id);
	count_field(s, bytes);
	own = count_own(s, name, value);
	fits = within_limits(s, bytes);
	if (decide(s, &q, &d))
		return act(s, POLICY_HEADER, &d, queue_id);
	if (!fits)
		return SESSION_CONTINUE;
	process_scan_field(name, value);
	if (own)
		return SESSION_CONTINUE; /* nobody will read it */
	inspection_field(s->inspection, name, value);
	return SESSION_CONTINUE;
}

static void
send_stamps(struct session *s)
{
	if (!is_decided(s))
		stamps_send(&s->stamps);
}

enum session_status
session_eoh(struct session *s, struct span queue_id)
{
	if ((s->wanted & POLICY_BIT(POLICY_EOH)) == 0)
		return SESSION_CONTINUE;
	begin_content(s, queue_id);
	return at_stage(s, POLICY_EOH, queue_id);
}

enum session_status
session_body(struct session *s, struct span bytes, struct span queue_id)
{
	struct rules_question q = {.stage = POLICY_BODY};
	struct decision d;
	bool fits;

	begin_content(s, queue_id);
	fits = within_limits(s, bytes.len);
	if (decide(s, &q, &d))
		return act(s, POLICY_BODY, &d, queue_id);
	send_stamps(s);
	if (!fits)
		return SESSION_CONTINUE;
	inspection_body(s->inspection, bytes);
	process_scan_body(bytes);
	return SESSION_CONTINUE;
}

/* --- verdict -------------------------------------------------------------- */

/* What is wanted of the whole message before it is scanned. */
static void
decide_unseen(struct session *s)
{
	struct rules_question q = {
	    .stage = POLICY_EOM, .anomalies = &s->report.anomalies};
	struct decision d;

	s->whole = s->so_far == OUTCOME_CLEAN;
	if (s->whole)
		inspection_end(s->inspection, &s->report.anomalies);
	if (decide(s, &q, &d))
		keep_decision(s, SESSION_SCOPE_MESSAGE, &d);
}

enum session_status
session_eom(struct session *s, struct span queue_id, struct span progress,
    struct session_edits *e)
{
	struct rules_question q = {.stage = POLICY_OUTCOME};
	enum session_status status;
	enum action taken;
	struct judgement v;
	struct decision d;
	bool decided;

	begin_content(s, queue_id);
	decide_unseen(s);
	send_stamps(s);
	disposal_judge(s, progress, &v);
	s->scanning = false;
	q.outcome = v.outcome;
	q.signature = v.name;
	q.anomalies = &s->report.anomalies;
	decided = decide(s, &q, &d);
	ensure(decided);
	disposal_overrule(&v, &d);
	s->report.stage = POLICY_EOM;
	status = disposal_carry_out(s, &v, &d, e, &taken);
	s->has_reply = false;
	if (taken == d.action &&
	    (taken == ACTION_REJECT || taken == ACTION_TEMPFAIL))
		prepare_reply(s, &d, v.name);
	report(s, &d, taken);
	return status;
}

void
session_abort(struct session *s)
{
	static const struct decision aborted = {
	    OUTCOME_INTERNAL, ACTION_ABORTED, 0, ""};

	if (s->scanning) {
		process_scan_abort();
		report(s, &aborted, ACTION_ABORTED);
	} else if (s->report.refused > 0 && s->report.recipients == 0) {
		/* It was over when the last of them was refused. */
		end_early(s, POLICY_RCPT, &s->refused, nothing);
	} else {
		clear_message(s); /* nothing was seen of it */
	}
}

void
session_closing(struct session *s, const char *why, bool open)
{
	const struct claims claims = s->report;

	if (open && !s->scanning)
		session_abort(s);
	process_closing(why, &claims);
}
