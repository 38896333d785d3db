/* SPDX-License-Identifier: ISC */
/*
 * The session logic; see session.h.  Runs in the session process, knows
 * neither packets nor sockets.
 *
 * It promises: each message that began to be scanned ends in exactly one
 * process_claims; fields that carry names of ours never pass; a field of ours
 * that says a message was scanned goes only onto one that was; when an edit
 * cannot be made the message is tempfailed; all is known before the first
 * edit is sent.
 */
#include "parser/mail/session.h"

#include <strings.h>

#include "lib/field.h"
#include "parser/mail/envelope.h"
#include "parser/mail/phrase.h"
#include "parser/mail/process.h"
#include "parser/mail/stamp_field.h"

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

/* Forgets the message, keeps the session. */
static void
clear_message(struct session *s)
{
	struct claims *r = &s->report;

	r->recipients = 0;
	memset(r->queue_id, 0, sizeof(r->queue_id));
	memset(r->sender, 0, sizeof(r->sender));
	r->limit = SESSION_LIMIT_NONE;
	s->size = FIELD_SEPARATOR; /* it is to come */
	s->forged_scanned = s->forged_status = 0;
	s->fields = 0;
	s->header_size = 0;
	s->scanning = false;
	s->so_far = OUTCOME_CLEAN;
	stamps_clear(&s->stamps);
}

void
session_init(struct session *s, const struct session_settings *settings)
{
	s->settings = settings;
	s->messages = 0;
	session_reset(s);
}

bool
session_quarantines(const struct session_settings *settings)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		if (settings->disposition[i].action == ACTION_QUARANTINE)
			return true;
	}
	return false;
}

void
session_reset(struct session *s)
{
	memset(&s->report, 0, sizeof(s->report));
	clear_message(s);
	stamps_reset(&s->stamps);
}

void
session_connect(
    struct session *s, struct span host, struct span address, bool is_ip)
{
	struct claims *r = &s->report;

	keep_text(r->client_name, sizeof(r->client_name), host);
	keep_text(r->client_addr, sizeof(r->client_addr), address);
	stamps_connect(
	    &s->stamps, &s->settings->stamp, is_ip ? r->client_addr : "");
}

void
session_helo(struct session *s, struct span helo)
{
	keep_text(s->report.helo, sizeof(s->report.helo), helo);
}

void
session_envfrom(struct session *s, struct span sender)
{
	clear_message(s);
	keep_text(s->report.sender, sizeof(s->report.sender),
	    envelope_mailbox(sender));
}

/* The first one is told. */
void
session_limit(struct session *s, enum session_limit limit)
{
	if (s->report.limit == SESSION_LIMIT_NONE)
		s->report.limit = (uint8_t)limit;
	s->so_far = OUTCOME_LIMITS;
}

void
session_envrcpt(struct session *s)
{
	if (++s->report.recipients > s->settings->limits.recipients)
		session_limit(s, SESSION_LIMIT_RECIPIENTS);
}

/* --- content -------------------------------------------------------------- */

static void
begin_scan(struct session *s, struct span queue_id)
{
	keep_queue_id(s, queue_id);
	if (s->scanning)
		return;
	s->scanning = true;
	s->report.message = ++s->messages;
	process_scan_begin(s->report.message, s->report.queue_id,
	    s->report.client_addr, s->stamps.peer != STAMPS_NO_PEER);
}

/* Adds to the size; false if a limit is, or was before, passed: then nothing
 * more goes to the scanner. */
static bool
within_limits(struct session *s, uint64_t bytes)
{
	s->size += bytes;
	if (s->size > s->settings->max_message_size)
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

/* More fields of ours than are taken out of a message: none of them may pass,
 * so it may not either. */
static bool
too_many_own(const struct session *s)
{
	return (uint64_t)s->forged_scanned + s->forged_status +
		   s->stamps.fields >
	       s->settings->limits.own_fields;
}

static bool
is_named(struct span name, const char *ours)
{
	return name.len > 0 && name.len == strlen(ours) &&
	       strncasecmp((const char *)name.ptr, ours, name.len) == 0;
}

void
session_header(struct session *s, struct span name, struct span value,
    struct span queue_id)
{
	uint64_t bytes = field_size(name, value);

	begin_scan(s, queue_id);
	count_field(s, bytes);
	/* Counted to the end, also of what is too big: positions matter. */
	if (is_named(name, s->settings->header_scanned))
		s->forged_scanned++;
	else if (is_named(name, s->settings->header_status))
		s->forged_status++;
	else if (is_named(name, s->settings->stamp.header))
		stamps_field(&s->stamps, value);
	if (too_many_own(s))
		session_limit(s, SESSION_LIMIT_OWN_FIELDS);
	if (within_limits(s, bytes))
		process_scan_field(name, value);
}

void
session_body(struct session *s, struct span bytes, struct span queue_id)
{
	begin_scan(s, queue_id);
	stamps_send(&s->stamps);
	if (within_limits(s, bytes.len))
		process_scan_body(bytes);
}

/* --- verdict -------------------------------------------------------------- */

struct judgement {
	enum outcome outcome;
	char name[PHRASE_NAME_MAX + 1];
	uint32_t good;		    /* number of the stamp that was, or 0 */
	char stamp[STAMP_TEXT_MAX]; /* of a new one, or "" */
};

/* A stamp is good only if this message had it, whatever the scanner says. */
static void
take_stamp(const struct session *s, const struct scan_result *result,
    struct judgement *v)
{
	struct stamp stamp;

	v->good = 0;
	v->stamp[0] = '\0';
	if (v->outcome == OUTCOME_CLEAN_BY_STAMP &&
	    stamps_has(&s->stamps, result->stamped))
		v->good = result->stamped;
	else if (v->outcome == OUTCOME_CLEAN_BY_STAMP)
		v->outcome = OUTCOME_INTERNAL;
	else if (v->outcome == OUTCOME_CLEAN && result->stamped == 1 &&
		 stamp_decode(result->stamp, &stamp))
		stamp_write(&stamp, result->mac, v->stamp);
}

/* Asks for the outcome.  It is judged again here, so that a wrong answer cannot
 * make a clean message of one that was not looked at. */
static void
take_verdict(struct session *s, struct span progress, struct judgement *v)
{
	struct scan_result result = {.outcome = OUTCOME_INTERNAL};

	process_scan_end(
	    s->report.message, s->size, s->so_far, progress, &result);
	result.name[sizeof(result.name) - 1] = '\0';
	v->outcome =
	    result.outcome < OUTCOME_COUNT ? result.outcome : OUTCOME_INTERNAL;
	if (v->outcome == OUTCOME_CLEAN ||
	    (s->so_far != OUTCOME_CLEAN &&
		v->outcome == OUTCOME_CLEAN_BY_STAMP))
		v->outcome = s->so_far;
	take_stamp(s, &result, v);
	phrase_name(v->outcome, result.name, v->name);
}

/* From the last to the first: Postfix renumbers after a deletion, Sendmail
 * does not. */
static bool
delete_fields(struct session_edits *e, const char *name, uint32_t count)
{
	for (uint32_t i = count; i > 0; i--) {
		if (!edit_delete_header(e, name, i))
			return false;
	}
	return true;
}

/* All stamps but the good one, or that one too. */
static bool
delete_stamps(
    const struct session *s, const struct judgement *v, struct session_edits *e)
{
	const struct stamp_session *set = &s->settings->stamp;
	uint32_t keep = set->strip == STAMP_STRIP_ALL ? 0 : v->good;

	for (uint32_t i = s->stamps.fields; i > 0; i--) {
		if (i != keep && !edit_delete_header(e, set->header, i))
			return false;
	}
	return true;
}

/* Each insertion comes to stand above the one before. */
static bool
insert_fields(
    const struct session *s, const struct judgement *v, struct session_edits *e)
{
	const struct session_settings *set = s->settings;
	bool scanned =
	    v->outcome == OUTCOME_CLEAN || v->outcome == OUTCOME_INFECTED;
	struct phrase p;

	if (set->header_status[0] != '\0' &&
	    !(phrase_status(&p, v->outcome, v->name) &&
		edit_insert_header(e, set->header_status, p.text)))
		return false;
	if (set->header_scanned[0] != '\0' && scanned &&
	    !(phrase_scanned(&p, set->hostname) &&
		edit_insert_header(e, set->header_scanned, p.text)))
		return false;
	return v->stamp[0] == '\0' ||
	       edit_insert_header(e, set->stamp.header, v->stamp);
}

/* The edits of a message that goes on. */
static bool
edit_message(
    const struct session *s, const struct judgement *v, struct session_edits *e)
{
	const struct session_settings *set = s->settings;

	return !too_many_own(s) &&
	       delete_fields(e, set->header_scanned, s->forged_scanned) &&
	       delete_fields(e, set->header_status, s->forged_status) &&
	       delete_stamps(s, v, e) && insert_fields(s, v, e);
}

static bool
quarantine(const struct judgement *v, struct session_edits *e)
{
	struct phrase p;

	return phrase_status(&p, v->outcome, v->name) &&
	       edit_quarantine(e, p.text);
}

/* The operator's text; a refused one leaves the MTA's default. */
static void
prepare_reply(const struct disposition *d, const struct judgement *v,
    struct session_edits *e)
{
	struct phrase p;

	if (phrase_reply(&p, d->reply, v->name))
		(void)edit_reply(e, p.text);
}

/* Carries the disposition out as far as it goes; *taken is what came of it. */
static enum session_status
dispose(const struct session *s, const struct judgement *v,
    struct session_edits *e, enum action *taken)
{
	const struct disposition *d = &s->settings->disposition[v->outcome];

	*taken = d->action;
	switch (d->action) {
	case ACTION_ACCEPT:
		if (edit_message(s, v, e))
			return SESSION_CONTINUE;
		break;
	case ACTION_QUARANTINE:
		if (edit_message(s, v, e) && quarantine(v, e))
			return SESSION_CONTINUE;
		break;
	case ACTION_REJECT:
		prepare_reply(d, v, e);
		return SESSION_REJECT;
	case ACTION_TEMPFAIL:
		prepare_reply(d, v, e);
		return SESSION_TEMPFAIL;
	case ACTION_DISCARD:
		return SESSION_DISCARD;
	case ACTION_ABORTED:
	case ACTION_COUNT:
		break; /* cannot be configured */
	}
	*taken = ACTION_TEMPFAIL;
	return SESSION_TEMPFAIL;
}

static void
report(struct session *s, enum outcome outcome, enum action action)
{
	s->report.outcome = (uint8_t)outcome;
	s->report.action = (uint8_t)action;
	s->report.stamps = (uint8_t)stamps_reason(&s->stamps);
	process_claims(&s->report);
	clear_message(s);
}

enum session_status
session_eom(struct session *s, struct span queue_id, struct span progress,
    struct session_edits *e)
{
	enum session_status status;
	enum action taken;
	struct judgement v;

	begin_scan(s, queue_id);
	stamps_send(&s->stamps);
	take_verdict(s, progress, &v);
	s->scanning = false;
	status = dispose(s, &v, e, &taken);
	report(s, v.outcome, taken);
	return status;
}

void
session_abort(struct session *s)
{
	if (!s->scanning) {
		clear_message(s); /* nothing was seen of it */
		return;
	}
	process_scan_abort();
	report(s, OUTCOME_INTERNAL, ACTION_ABORTED);
}
