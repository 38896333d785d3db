/* SPDX-License-Identifier: ISC */
/*
 * Scans and findings of a message; see case.h.  Runs in the scanner.
 *
 * Parts come from one table for all messages, and each scan says by its owner
 * whose it is: a part's place there, or that it is the whole one of a case.
 */
#include "scanner/case.h"

#include <stdlib.h>
#include <string.h>

#include "lib/container.h"
#include "lib/ensure.h"
#include "scanner/archives.h"

#define STATE_BIT(state) (1U << (state))

/* A scan's owner: this and a place in the table, or its case's owner. */
#define OWNER_PART UINT32_C(0x80000000)

struct case_part {
	TAILQ_ENTRY(case_part) order; /* in its case, or among the free */
	struct scan_case *of;
	struct reading_object object;
	struct stream content;
	struct look look;
	struct scan scan;
	struct finding found;
	enum archive_fault archive;
};

static struct case_part *table;
static uint32_t used; /* the others' memory was never touched */
static struct case_parts unused = TAILQ_HEAD_INITIALIZER(unused);

bool
case_setup(void)
{
	table = calloc(CASE_PARTS_ALL, sizeof(*table));
	return table != NULL;
}

const char *
engine_kind_name(enum engine_kind kind)
{
	static const char *const name[ENGINE_KINDS] = {
	    [ENGINE_NONE] = "none",
	    [ENGINE_CLAMD] = "clamd",
	    [ENGINE_ARCHIVES] = "archives",
	    [ENGINE_OWN] = "own",
	};

	ensure(kind < ENGINE_KINDS);
	return name[kind];
}

/* The only place where a state changes. */
static void
case_enter(struct scan_case *c, enum case_state state)
{
	static const unsigned int from[CASE_STATES] = {
	    [CASE_IDLE] = ~0U,
	    [CASE_OPEN] = STATE_BIT(CASE_IDLE),
	    [CASE_WAITING] = STATE_BIT(CASE_OPEN),
	    [CASE_OVER] = STATE_BIT(CASE_OPEN) | STATE_BIT(CASE_WAITING),
	};

	ensure(state < CASE_STATES && (from[state] & STATE_BIT(c->state)) != 0);
	c->state = state;
}

/* --- what is found ----------------------------------------------------------- */

/* How much a finding counts: the most is the message's. */
static unsigned int
score(const struct finding *f)
{
	if (f->engine == ENGINE_NONE)
		return 0;
	switch (f->outcome) {
	case OUTCOME_CLEAN:
	case OUTCOME_CLEAN_BY_STAMP:
		return 1;
	case OUTCOME_INFECTED:
		return 3;
	case OUTCOME_TOO_BIG:
	case OUTCOME_LIMITS:
	case OUTCOME_LIMITS_EXCEEDED:
	case OUTCOME_NOT_UNPACKED:
	case OUTCOME_AMBIGUOUS:
	case OUTCOME_CLAMD_DOWN:
	case OUTCOME_CLAMD_ERROR:
	case OUTCOME_TIMEOUT:
	case OUTCOME_BUSY:
	case OUTCOME_INTERNAL:
	case OUTCOME_EXEMPT:
	case OUTCOME_POLICY:
	case OUTCOME_COUNT:
		break;
	}
	return 2;
}

/* What can be said of both: the older database, and the weaker promises. */
static void
weaken(struct identity *id, const struct identity *by)
{
	bool alerts = id->alerts && by->alerts;
	bool nested = id->nested || by->nested;

	if (by->database.number == 0 ||
	    (id->database.number != 0 && by->database.time < id->database.time))
		*id = *by;
	id->alerts = alerts;
	id->nested = nested;
}

static void
take(struct scan_case *c, const struct finding *f, const struct scan *scan)
{
	c->engine = f->engine;
	c->verdict = scan->verdict;
	c->verdict.outcome = f->outcome;
}

static void
combine(struct scan_case *c)
{
	struct finding best = {ENGINE_NONE, OUTCOME_INTERNAL};
	struct case_part *p;

	c->identity = c->whole.identity;
	for (enum engine_kind kind = 0; kind < ENGINE_KINDS; kind++) {
		if (score(&c->found[kind]) <= score(&best))
			continue;
		best = c->found[kind];
		take(c, &best, &c->whole);
	}
	for (p = TAILQ_FIRST(&c->parts); p != NULL; p = TAILQ_NEXT(p, order)) {
		weaken(&c->identity, &p->scan.identity);
		if (score(&p->found) <= score(&best))
			continue;
		best = p->found;
		take(c, &best, &p->scan);
		c->object = p->object;
		c->archive = p->archive;
	}
}

/* --- parts -------------------------------------------------------------------- */

static struct case_part *
part_take(struct scan_case *c)
{
	struct case_part *p = TAILQ_FIRST(&unused);

	if (c->part_count == CASE_PARTS_MAX)
		return NULL;
	if (p != NULL)
		TAILQ_REMOVE(&unused, p, order);
	else if (used < CASE_PARTS_ALL)
		p = &table[used++];
	else
		return NULL;
	*p = (struct case_part){.of = c, .content.memfd = -1};
	p->scan.owner = OWNER_PART | (uint32_t)(p - table);
	p->scan.flow = c->whole.flow;
	TAILQ_INSERT_TAIL(&c->parts, p, order);
	c->part_count++;
	return p;
}

/* The only place where a part's memfd is given back. */
static void
part_close(struct case_part *p)
{
	scan_cancel(&p->scan);
	stream_drop(&p->content);
}

static void
close_all(struct scan_case *c)
{
	struct case_part *p;

	scan_cancel(&c->whole);
	for (p = TAILQ_FIRST(&c->parts); p != NULL; p = TAILQ_NEXT(p, order))
		part_close(p);
	c->awaited = 0;
}

/* --- a case's way ----------------------------------------------------------------- */

static void
finish(struct scan_case *c)
{
	close_all(c);
	combine(c);
	case_enter(c, CASE_OVER);
	case_over(c->owner);
}

static void
note(struct scan_case *c, struct finding *f, enum engine_kind engine,
    enum outcome outcome)
{
	*f = (struct finding){.engine = engine, .outcome = outcome};
	if (outcome == OUTCOME_INFECTED || c->whole.remembered ||
	    (c->state == CASE_WAITING && c->awaited == 0))
		finish(c);
}

/* Something for which there was no scan: what counts most of that stays. */
static void
note_own(struct scan_case *c, enum outcome outcome)
{
	struct finding f = {ENGINE_OWN, outcome};

	if (score(&f) > score(&c->found[ENGINE_OWN]))
		c->found[ENGINE_OWN] = f;
}

void
case_begin(struct scan_case *c, uint32_t owner, struct flow *flow)
{
	ensure(owner < OWNER_PART);
	case_enter(c, CASE_OPEN);
	c->owner = owner;
	c->object.part[0] = '\0';
	TAILQ_INIT(&c->parts);
	scan_settle(&c->whole, OUTCOME_INTERNAL);
	c->whole.owner = owner;
	c->whole.flow = flow;
	c->verdict = c->whole.verdict;
}

void
case_early(struct scan_case *c, const struct stream *s)
{
	ensure(c->state == CASE_OPEN && c->awaited == 0);
	if (s->memfd != -1)
		scan_early(&c->whole, s->memfd, s->written);
	else
		scan_cancel(&c->whole); /* too big, or no memory for it */
}

void
case_whole(struct scan_case *c, const struct stream *s)
{
	ensure(c->state == CASE_OPEN &&
	       c->found[ENGINE_CLAMD].engine == ENGINE_NONE);
	c->awaited++;
	scan_submit(&c->whole, s->memfd, s->written, s->written - s->len);
}

void
case_lacks(struct scan_case *c, enum outcome outcome)
{
	ensure(outcome != OUTCOME_CLEAN);
	if (c->state == CASE_OPEN)
		note_own(c, outcome);
}

void
case_part(struct scan_case *c, struct stream *s,
    const struct reading_object *object, const struct look *look,
    enum outcome finished)
{
	struct case_part *p;

	ensure(c->state == CASE_OPEN || c->state == CASE_OVER);
	if (c->state == CASE_OVER || finished != OUTCOME_CLEAN ||
	    (p = part_take(c)) == NULL) {
		stream_drop(s);
		case_lacks(
		    c, finished != OUTCOME_CLEAN ? finished : OUTCOME_BUSY);
		return;
	}
	p->object = *object;
	p->look = *look;
	p->content = *s;
	s->memfd = -1;
	c->awaited++;
	p->scan.since = c->since;
	scan_submit(&p->scan, p->content.memfd, p->content.written,
	    p->content.written - p->content.len);
}

void
case_asked(struct scan_case *c)
{
	if (c->state == CASE_OVER)
		return; /* infected already */
	case_enter(c, CASE_WAITING);
	if (c->awaited == 0)
		finish(c);
}

/* What was found before counts no more. */
static void
forget_found(struct scan_case *c)
{
	struct case_part *p;

	memset(c->found, 0, sizeof(c->found));
	for (p = TAILQ_FIRST(&c->parts); p != NULL; p = TAILQ_NEXT(p, order))
		p->found = (struct finding){0};
}

void
case_settle(struct scan_case *c, enum outcome outcome)
{
	ensure(c->state == CASE_OPEN && outcome != OUTCOME_CLEAN);
	forget_found(c);
	scan_cancel(&c->whole);
	scan_settle(&c->whole, outcome);
	note_own(c, outcome);
	finish(c);
}

void
case_drop(struct scan_case *c)
{
	struct case_part *p;

	if (c->state == CASE_IDLE)
		return;
	close_all(c);
	while ((p = TAILQ_FIRST(&c->parts)) != NULL) {
		TAILQ_REMOVE(&c->parts, p, order);
		TAILQ_INSERT_HEAD(&unused, p, order);
	}
	c->part_count = 0;
	case_enter(c, CASE_IDLE);
}

/* The whole message; what clamd says of it is worth no more than what it looks
 * into. */
static void
whole_judged(struct scan_case *c)
{
	enum outcome outcome = c->whole.verdict.outcome;

	if (outcome == OUTCOME_CLEAN) {
		c->archive = archives_judge(&c->look, c->whole.verdict.backend,
		    &c->whole.identity.nested);
		c->found[ENGINE_ARCHIVES] = (struct finding){ENGINE_ARCHIVES,
		    c->archive == ARCHIVE_FINE ? OUTCOME_CLEAN
					       : OUTCOME_NOT_UNPACKED};
	}
	note(c, &c->found[ENGINE_CLAMD], ENGINE_CLAMD, outcome);
}

/* The same of a part. */
static void
part_judged(struct scan_case *c, struct case_part *p)
{
	enum engine_kind engine = ENGINE_CLAMD;
	enum outcome outcome = p->scan.verdict.outcome;

	if (outcome == OUTCOME_CLEAN)
		p->archive = archives_judge(&p->look, p->scan.verdict.backend,
		    &p->scan.identity.nested);
	if (p->archive != ARCHIVE_FINE) {
		engine = ENGINE_ARCHIVES;
		outcome = OUTCOME_NOT_UNPACKED;
	}
	note(c, &p->found, engine, outcome);
}

void
scan_judged(struct scan *s)
{
	struct case_part *p = NULL;
	struct scan_case *c;

	if ((s->owner & OWNER_PART) != 0) {
		ensure((s->owner & ~OWNER_PART) < used);
		p = &table[s->owner & ~OWNER_PART];
		c = p->of;
	} else
		c = CONTAINER(s, struct scan_case, whole);
	ensure(c->awaited > 0 &&
	       (c->state == CASE_OPEN || c->state == CASE_WAITING));
	c->awaited--;
	if (p == NULL) {
		whole_judged(c);
		return;
	}
	stream_drop(&p->content);
	part_judged(c, p);
}
