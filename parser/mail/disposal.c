/* SPDX-License-Identifier: ISC */
/*
 * The end of a message; see disposal.h.  In the session process and in
 * pratique-libmilter.
 *
 * It promises: fields that carry names of ours never pass; a field of ours
 * that says a message was scanned goes only onto one that was.
 */
#include "parser/mail/disposal.h"

#include "lib/ensure.h"
#include "parser/mail/process.h"
#include "parser/mail/stamp_field.h"

bool
disposal_too_many(const struct session *s)
{
	return (uint64_t)s->forged_scanned + s->forged_status +
		   s->stamps.fields >
	       s->settings->limits.own_fields;
}

/* --- the outcome ---------------------------------------------------------- */

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

/* What the scanner's answer amounts to.  It is judged again here, so that a
 * wrong one cannot make a message clean that was not scanned, nor undo or
 * invent a decision of the rules. */
static enum outcome
outcome_of(const struct session *s, enum outcome given)
{
	if (s->scope != SESSION_SCOPE_NONE)
		return s->decided.outcome;
	if (given >= OUTCOME_COUNT || outcome_is_ruled(given))
		return OUTCOME_INTERNAL;
	if (s->so_far != OUTCOME_CLEAN &&
	    (given == OUTCOME_CLEAN || given == OUTCOME_CLEAN_BY_STAMP))
		return s->so_far;
	/* A stamp covers what we have not read. */
	if (given == OUTCOME_CLEAN && s->read != READ_COMPLETE)
		return OUTCOME_AMBIGUOUS;
	return given;
}

/* Has it judged: as it stands, and what readings of it yield. */
static void
ask(struct session *s, struct span progress, struct scan_result *result)
{
	struct claims *r = &s->report;
	bool readings = s->whole && s->so_far == OUTCOME_CLEAN &&
			inspection_is_unclear(s->inspection);

	process_scan_end(r->message, s->size, s->so_far, readings, progress);
	if (readings) {
		s->read = inspection_read(
		    s->inspection, r->message, s->size, &r->anomalies);
		process_scan_read(r->message, s->read);
	}
	process_scan_result(r->message, result);
}

void
disposal_judge(struct session *s, struct span progress, struct judgement *v)
{
	struct scan_result result = {.outcome = OUTCOME_INTERNAL};

	ask(s, progress, &result);
	result.name[sizeof(result.name) - 1] = '\0';
	v->outcome = outcome_of(s, result.outcome);
	ensure(v->outcome < OUTCOME_COUNT);
	ensure(v->outcome != OUTCOME_CLEAN || s->so_far == OUTCOME_CLEAN);
	take_stamp(s, &result, v);
	phrase_name(v->outcome, result.name, v->name);
	v->object = result.object;
}

void
disposal_overrule(struct judgement *v, const struct decision *d)
{
	if (v->outcome == d->outcome)
		return;
	v->outcome = d->outcome;
	v->good = 0;
	v->stamp[0] = '\0';
	phrase_name(v->outcome, "", v->name);
}

/* --- edits ---------------------------------------------------------------- */

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

	ensure(keep <= s->stamps.fields);
	for (uint32_t i = s->stamps.fields; i > 0; i--) {
		if (i != keep && !edit_delete_header(e, set->header, i))
			return false;
	}
	return true;
}

/* Each field is inserted above the one before. */
static bool
insert_fields(
    const struct session *s, const struct judgement *v, struct session_edits *e)
{
	const struct session_settings *set = s->settings;
	bool scanned =
	    v->outcome == OUTCOME_CLEAN || v->outcome == OUTCOME_INFECTED;
	struct phrase p;

	/* A new stamp says that clamd has seen all of it. */
	ensure(v->stamp[0] == '\0' || v->outcome == OUTCOME_CLEAN);
	if (set->header_status[0] != '\0' &&
	    !(phrase_status(&p, v->outcome, v->name, &v->object) &&
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

	return !disposal_too_many(s) &&
	       delete_fields(e, set->header_scanned, s->forged_scanned) &&
	       delete_fields(e, set->header_status, s->forged_status) &&
	       delete_stamps(s, v, e) && insert_fields(s, v, e);
}

static bool
quarantine(const struct judgement *v, struct session_edits *e)
{
	struct phrase p;

	return phrase_status(&p, v->outcome, v->name, &v->object) &&
	       edit_quarantine(e, p.text);
}

enum session_status
disposal_carry_out(const struct session *s, const struct judgement *v,
    const struct decision *d, struct session_edits *e, enum action *taken)
{
	*taken = d->action;
	switch (d->action) {
	case ACTION_PASS: /* too late for it: the message is whole */
	case ACTION_ACCEPT:
		*taken = ACTION_ACCEPT;
		if (edit_message(s, v, e))
			return SESSION_CONTINUE;
		break;
	case ACTION_QUARANTINE:
		if (edit_message(s, v, e) && quarantine(v, e))
			return SESSION_CONTINUE;
		break;
	case ACTION_REJECT:
		return SESSION_REJECT;
	case ACTION_TEMPFAIL:
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
