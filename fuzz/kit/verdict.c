/* SPDX-License-Identifier: ISC */
/* The answer to the end of a message; see verdict.h. */
#include "fuzz/kit/verdict.h"

#include "fuzz/kit/fuzz.h"
#include "parser/milter/milter.h"

enum { SCANNED, STATUS, FIELDS };

/* What was seen of the edits. */
struct edits {
	uint32_t deleted[FIELDS];
	bool inserted[FIELDS];
	bool quarantined;
};

static const char *
field_name(size_t which)
{
	const struct session_settings *set = &host.plan.settings;

	return which == SCANNED ? set->header_scanned : set->header_status;
}

/* Which of our fields it is about; with one name for both, the first. */
static size_t
which_field(struct span name, const struct edits *e, bool inserting)
{
	bool scanned = fuzz_same(name, span_text(field_name(SCANNED)));
	bool status = fuzz_same(name, span_text(field_name(STATUS)));

	NEED(scanned || status);
	/* Status is inserted first. */
	if (scanned && status && inserting)
		return e->inserted[STATUS] ? SCANNED : STATUS;
	return scanned ? SCANNED : STATUS;
}

/* From the last to the first, each once, before anything is inserted: then
 * counting is the same for all MTAs. */
static void
deletion(struct edits *e, const struct message *m, const struct wire_header *h)
{
	size_t which = which_field(h->name, e, false);

	NEED(h->value.len == 0);
	NEED(e->deleted[which] < m->forged[which]);
	NEED(h->index == m->forged[which] - e->deleted[which]);
	NEED(!e->inserted[SCANNED] && !e->inserted[STATUS]);
	e->deleted[which]++;
}

static void
insertion(struct edits *e, const struct judged *j, const struct wire_header *h)
{
	size_t which = which_field(h->name, e, true);
	bool clean = j->outcome == OUTCOME_CLEAN;

	NEED(h->index == 1 && !e->inserted[which]);
	e->inserted[which] = true;
	if (which == SCANNED)
		NEED(clean || j->outcome == OUTCOME_INFECTED);
	else
		NEED(fuzz_same(h->value, span_text("Clean")) == clean);
}

static void
edit(struct edits *e, const struct message *m, const struct judged *j,
    const struct wire_packet *p, const struct wire_offer *granted)
{
	struct wire_header h;

	NEED(!e->quarantined);
	if (p->code == 'q') {
		e->quarantined = true;
		return;
	}
	NEED(p->code == 'm' || p->code == 'i');
	h = wire_header(p, granted);
	if (p->code == 'm')
		deletion(e, m, &h);
	else
		insertion(e, j, &h);
}

bool
verdict_too_many(const struct message *m)
{
	return m->forged[SCANNED] + m->forged[STATUS] >
	       host.plan.settings.limits.own_fields;
}

/* What the configuration says, where the MTA lets us, and where what is forged
 * can be taken out. */
static enum action
expected_action(const struct message *m, const struct judged *j,
    const struct wire_offer *granted)
{
	enum action action =
	    m->ruled || m->overruled
		? host.plan.rule_action
		: host.plan.settings.disposition[j->outcome].action;
	bool scanned =
	    j->outcome == OUTCOME_CLEAN || j->outcome == OUTCOME_INFECTED;
	uint32_t needed = 0;

	if (action == ACTION_PASS)
		action = ACTION_ACCEPT;
	if (action != ACTION_ACCEPT && action != ACTION_QUARANTINE)
		return action;
	if (m->forged[SCANNED] + m->forged[STATUS] > 0)
		needed |= MILTER_ACT_CHGHDRS;
	if (*field_name(STATUS) != '\0' ||
	    (*field_name(SCANNED) != '\0' && scanned))
		needed |= MILTER_ACT_ADDHDRS;
	if (action == ACTION_QUARANTINE)
		needed |= MILTER_ACT_QUARANTINE;
	return (granted->actions & needed) == needed && !verdict_too_many(m)
		   ? action
		   : ACTION_TEMPFAIL;
}

/* A message that goes on has all of its edits. */
static void
check_edits(
    const struct edits *e, const struct message *m, const struct judged *j)
{
	bool scanned =
	    j->outcome == OUTCOME_CLEAN || j->outcome == OUTCOME_INFECTED;

	for (size_t i = 0; i < FIELDS; i++)
		NEED(e->deleted[i] == m->forged[i]);
	NEED(e->inserted[STATUS] == (*field_name(STATUS) != '\0'));
	NEED(e->inserted[SCANNED] == (*field_name(SCANNED) != '\0' && scanned));
	NEED(e->quarantined == (j->action == ACTION_QUARANTINE));
}

/* A reply of ours is of the class that the code stands for. */
static bool
final_is(const struct wire_packet *p, uint8_t code, uint8_t class)
{
	return p->code == code ||
	       (class != 0 && p->code == 'y' && p->payload.ptr[0] == class);
}

static void
check_final(const struct wire_packet *p, const struct edits *e,
    const struct message *m, const struct judged *j)
{
	switch (j->action) {
	case ACTION_ACCEPT:
	case ACTION_QUARANTINE:
		NEED(final_is(p, 'c', 0));
		check_edits(e, m, j);
		break;
	case ACTION_REJECT:
		NEED(final_is(p, 'r', '5'));
		break;
	case ACTION_TEMPFAIL:
		NEED(final_is(p, 't', '4'));
		break;
	case ACTION_DISCARD:
		NEED(final_is(p, 'd', 0));
		break;
	case ACTION_ABORTED:
	case ACTION_PASS:
	case ACTION_COUNT:
		NEED(false);
		break;
	}
}

static bool
rule_passes(void)
{
	return host.plan.rule_action == ACTION_ACCEPT ||
	       host.plan.rule_action == ACTION_PASS;
}

/* What it must have come to: never clean unless we were told so. */
static enum outcome
expected_outcome(const struct message *m, const struct judged *j)
{
	if (m->ruled)
		return rule_passes() ? OUTCOME_EXEMPT : OUTCOME_POLICY;
	if (m->overruled && !rule_passes())
		return OUTCOME_POLICY;
	/* EXEMPT and POLICY are a rule's to say, not the scanner's. */
	if (j->given >= OUTCOME_EXEMPT)
		return OUTCOME_INTERNAL;
	/* No stamp was sent along, so none can be good. */
	if (j->given == OUTCOME_CLEAN_BY_STAMP && j->so_far == OUTCOME_CLEAN)
		return OUTCOME_INTERNAL;
	/* Nothing can be read again here (fuzz_process.c). */
	if (j->given == OUTCOME_CLEAN && j->so_far == OUTCOME_CLEAN &&
	    j->unread)
		return OUTCOME_AMBIGUOUS;
	return j->given == OUTCOME_CLEAN || j->given == OUTCOME_CLEAN_BY_STAMP
		   ? j->so_far
		   : j->given;
}

/* Judged only as a whole; which of two limits is told is of no account. */
static void
check_so_far(const struct message *m, const struct judged *j)
{
	if (m->ruled) {
		NEED(j->so_far == expected_outcome(m, j));
		return;
	}
	NEED((j->so_far == OUTCOME_CLEAN) == (!m->too_big && !m->limits));
	NEED(j->so_far == OUTCOME_CLEAN ||
	     (j->so_far == OUTCOME_TOO_BIG && m->too_big) ||
	     (j->so_far == OUTCOME_LIMITS && m->limits));
}

void
verdict_check(const struct message *m, const struct wire_offer *granted,
    const struct judged *j, struct cursor *out)
{
	struct edits e = {0};
	struct wire_packet p = wire_next(out);

	NEED(j->size == m->size);
	check_so_far(m, j);
	NEED(j->recipients == m->recipients && j->refused == m->refused);
	NEED(j->rule == (m->ruled || m->overruled ? HOST_RULE : 0));
	NEED(j->outcome == expected_outcome(m, j));
	NEED(j->action == expected_action(m, j, granted));
	for (; !wire_is_final(p.code); p = wire_next(out)) {
		wire_check(&p, granted);
		edit(&e, m, j, &p, granted);
	}
	wire_check(&p, granted);
	check_final(&p, &e, m, j);
}
