/* SPDX-License-Identifier: ISC */
/*
 * Stamps in the scanner; see stamping.h.
 *
 * The one that the monitor has been asked for is the first of the queue, and
 * is taken out of it if its message goes away; the answer is then nobody's.
 */
#include "scanner/stamping.h"

#include <stdio.h>
#include <time.h>

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/line_rate.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"

#define COUNTS_EVERY_MS UINT64_C(3600000)
/* The monitor takes a later database time for a lie, and ends us. */
#define DAY UINT64_C(86400)

TAILQ_HEAD(stamping_list, stamping);

static const struct stamp_settings *settings;
static char names[SETTINGS_IGNORE_MAX + 1][FIELD_NAME_MAX];
static struct field_list ignore;
static struct stamping_list waiting = TAILQ_HEAD_INITIALIZER(waiting);
static struct stamping *asked;	/* NULL while due: it went away */
static enum stamping_state due; /* the answer that is to come */

static uint64_t counts[STAMP_REASONS]; /* GOOD: skips */
static uint64_t made;
static uint64_t counts_at;

void
stamping_setup(const struct stamp_settings *s)
{
	settings = s;
	compare_ignore(s, names, &ignore);
	counts_at = clock_ms() + COUNTS_EVERY_MS;
}

static bool
in_use(void)
{
	return settings->add || settings->peers > 0;
}

static uint64_t
wall_clock(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec > 0 ? (uint64_t)t.tv_sec : 0;
}

/* --- collecting ----------------------------------------------------------- */

void
stamping_begin(struct stamping *s, uint32_t owner, bool candidates)
{
	s->owner = owner;
	s->expected = candidates && settings->peers > 0;
	s->digesting = settings->add || s->expected;
	if (s->digesting)
		digest_begin(&s->digest, &ignore, s->expected);
}

void
stamping_field(struct stamping *s, struct span name, struct span value)
{
	if (s->digesting)
		digest_field(&s->digest, name, value);
}

void
stamping_body(struct stamping *s, struct span bytes)
{
	if (s->digesting)
		digest_body(&s->digest, bytes);
}

bool
stamping_candidate(struct stamping *s, const struct record_candidate *c)
{
	if (s->candidates == STAMPS_MAX || c->peer >= settings->peers ||
	    !s->expected)
		return false;
	s->candidate[s->candidates++] = *c;
	s->reason = STAMP_NOT_CHECKED;
	return true;
}

/* --- asking the monitor --------------------------------------------------- */

static bool
send_check(const struct stamping *s)
{
	const struct record_candidate *c = &s->candidate[s->next];
	struct record_check r = {
	    .head = record_head(RECORD_CHECK, sizeof(r)), .peer = c->peer};

	memcpy(r.stamp, c->stamp, sizeof(r.stamp));
	memcpy(r.mac, c->mac, sizeof(r.mac));
	return monitor_send(&r);
}

static bool
send_stamp(const struct stamping *s)
{
	struct record_stamp r = {.head = record_head(RECORD_STAMP, sizeof(r))};

	memcpy(r.stamp, s->stamp, sizeof(r.stamp));
	return monitor_send(&r);
}

/* Asks for the first that waits, unless an answer is still to come.  There is
 * always room for one question; a monitor that is gone ends us anyway. */
static void
ask_next(void)
{
	struct stamping *s = TAILQ_FIRST(&waiting);

	if (due != STAMPING_IDLE || s == NULL)
		return;
	TAILQ_REMOVE(&waiting, s, queue);
	asked = s;
	due = s->state;
	if (due == STAMPING_CHECK ? !send_check(s) : !send_stamp(s))
		log_retry_event(LOG_LEVEL_ERROR, "stamp-fault",
		    "the monitor does not take a question");
}

static void
ask(struct stamping *s, enum stamping_state what)
{
	s->state = what;
	TAILQ_INSERT_TAIL(&waiting, s, queue);
	ask_next();
}

void
stamping_forget(struct stamping *s)
{
	if (s->state == STAMPING_IDLE)
		return;
	if (asked == s)
		asked = NULL;
	else
		TAILQ_REMOVE(&waiting, s, queue);
	s->state = STAMPING_IDLE;
	s->candidates = 0; /* none was found good or bad */
}

/* --- checking ------------------------------------------------------------- */

bool
stamping_check(struct stamping *s)
{
	if (s->digesting)
		digest_end(&s->digest, &s->digests);
	if (s->candidates == 0)
		return false;
	ask(s, STAMPING_CHECK);
	return true;
}

static void
log_bad_mac(const struct record_candidate *c)
{
	static struct line_rate rate;
	struct stamp stamp;
	struct log_line line;

	if (!stamp_decode(c->stamp, &stamp) || !line_rate_allows(&rate))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "stamp-bad-mac");
	log_text(&line, "peer", settings->peer[c->peer].text);
	log_text(&line, "stamp_key", stamp.key);
	line_rate_end(&rate, &line);
}

/* The monitor says that its part of it is right: what of ours? */
static enum stamp_reason
compare(struct stamping *s, const struct record_candidate *c)
{
	struct compare with = {.settings = settings,
	    .digests = &s->digests,
	    .own = identity_own(),
	    .now = wall_clock()};
	struct stamp stamp;

	if (!stamp_decode(c->stamp, &stamp))
		return STAMP_SYNTAX;
	return compare_stamp(
	    &with, &stamp, settings->peer[c->peer].tolerant, &s->fault);
}

static void
take_checked(struct stamping *s, enum stamp_reason reason)
{
	const struct record_candidate *c = &s->candidate[s->next];

	if (reason == STAMP_GOOD)
		reason = compare(s, c);
	if (reason == STAMP_BAD_MAC)
		log_bad_mac(c);
	s->reason = reason;
	if (reason == STAMP_GOOD) {
		s->end = STAMPING_SKIP;
		s->number = c->number;
		memcpy(s->stamp, c->stamp, sizeof(s->stamp));
	} else if (++s->next < s->candidates) {
		ask(s, STAMPING_CHECK);
		return;
	}
	stamping_checked(s->owner);
}

/* --- making --------------------------------------------------------------- */

/* Why clamd's OK is not enough for a stamp; NONE: it is. */
static enum stamp_lack
unfit(const struct stamping *s, const struct identity *id)
{
	if (s->digests.fault != DIGEST_OK)
		return STAMP_LACK_DIGEST;
	if (id->database.number == 0 || id->database.time == 0 ||
	    id->database.time > wall_clock() + DAY ||
	    !stamp_engine_fit(span_text(id->engine)))
		return STAMP_LACK_DATABASE;
	if (!id->alerts)
		return STAMP_LACK_ALERTS;
	return id->nested ? STAMP_LACK_NESTED : STAMP_LACK_NONE;
}

bool
stamping_make(struct stamping *s, const struct identity *id)
{
	const struct digests *d = &s->digests;
	struct stamp stamp = {.flags = d->flags,
	    .database = id->database.number,
	    .database_time = id->database.time};

	if (!settings->add)
		return false;
	s->lack = unfit(s, id);
	if (s->lack != STAMP_LACK_NONE)
		return false;
	memcpy(stamp.engine, id->engine, sizeof(stamp.engine));
	memcpy(stamp.body, d->body, STAMP_DIGEST);
	memcpy(stamp.header, d->header[0], STAMP_DIGEST);
	memcpy(stamp.address, d->address, STAMP_DIGEST);
	stamp_encode(&stamp, s->stamp);
	ask(s, STAMPING_MAKE);
	return true;
}

static void
take_stamped(struct stamping *s, const struct record_stamped *r)
{
	if (r->answer == STAMP_MADE) {
		s->end = STAMPING_MADE;
		memcpy(s->stamp, r->stamp, sizeof(s->stamp));
		memcpy(s->mac, r->mac, sizeof(s->mac));
		made++;
	} else {
		s->lack = STAMP_LACK_REFUSED;
		s->refusal = (enum stamp_answer)r->answer;
	}
	stamping_made(s->owner);
}

bool
stamping_answer(struct span record)
{
	bool is_check = record_type_of(record) == RECORD_CHECKED;
	enum stamping_state was = due;
	struct stamping *s = asked;
	struct record_checked checked;
	struct record_stamped stamped;

	if (was != (is_check ? STAMPING_CHECK : STAMPING_MAKE))
		return false;
	due = STAMPING_IDLE;
	asked = NULL;
	if (s != NULL)
		s->state = STAMPING_IDLE;
	if (s != NULL && is_check) {
		memcpy(&checked, record.ptr, sizeof(checked));
		take_checked(s, checked.reason < STAMP_REASONS
				    ? (enum stamp_reason)checked.reason
				    : STAMP_SYNTAX);
	} else if (s != NULL) {
		memcpy(&stamped, record.ptr, sizeof(stamped));
		take_stamped(s, &stamped);
	}
	ask_next();
	return true;
}

/* --- the log -------------------------------------------------------------- */

/* A reason, and after a colon which fault of form, if there is one. */
static void
log_why(struct log_line *line, const char *key, const char *why,
    enum digest_fault fault)
{
	char text[48];

	snprintf(text, sizeof(text), "%s%s%s", why,
	    fault == DIGEST_OK ? "" : ":", digest_fault_name(fault));
	log_text(line, key, text);
}

static void
log_stamp(struct log_line *line, const struct stamping *s)
{
	static const char digit[] = "0123456789abcdef";
	char id[2 * STAMP_ID + 1] = "";
	struct stamp stamp;

	if (!stamp_decode(s->stamp, &stamp))
		return;
	for (size_t i = 0; i < STAMP_ID; i++) {
		id[2 * i] = digit[stamp.id[i] >> 4];
		id[2 * i + 1] = digit[stamp.id[i] & 15];
	}
	log_text(line, "stamp_id", id);
	log_text(line, "stamp_key", stamp.key);
}

void
stamping_count(struct stamping *s, enum stamp_reason seen)
{
	if (settings->peers == 0)
		return;
	if (s->candidates == 0)
		s->reason = seen > STAMP_GOOD && seen <= STAMP_SYNTAX
				? seen
				: STAMP_NONE;
	ensure(s->reason < STAMP_REASONS);
	counts[s->reason]++;
}

static const char *
lack_name(const struct stamping *s)
{
	static const char *const name[STAMP_LACKS] = {
	    [STAMP_LACK_NONE] = "",
	    [STAMP_LACK_DIGEST] = "not-digestible",
	    [STAMP_LACK_DATABASE] = "no-database",
	    [STAMP_LACK_ALERTS] = "limits-not-reported",
	    [STAMP_LACK_NESTED] = "nested-archives",
	};

	ensure(s->lack < STAMP_LACKS);
	return s->lack == STAMP_LACK_REFUSED ? stamp_answer_name(s->refusal)
					     : name[s->lack];
}

void
stamping_log(const struct stamping *s, struct log_line *line)
{
	static const char *const end[] = {[STAMPING_NONE] = "none",
	    [STAMPING_SKIP] = "skip",
	    [STAMPING_MADE] = "made"};

	if (!in_use())
		return;
	ensure(s->end < sizeof(end) / sizeof(end[0]));
	log_text(line, "stamp", end[s->end]);
	if (s->end != STAMPING_NONE)
		log_stamp(line, s);
	if (s->reason != STAMP_GOOD)
		log_why(line, "stamp_reason", stamp_reason_name(s->reason),
		    s->reason == STAMP_NOT_DIGESTIBLE ? s->fault : DIGEST_OK);
	if (s->lack != STAMP_LACK_NONE)
		log_why(line, "stamp_not_made", lack_name(s),
		    s->lack == STAMP_LACK_DIGEST ? s->digests.fault
						 : DIGEST_OK);
}

void
stamping_log_counts(void)
{
	struct log_line line;

	if (!in_use())
		return;
	log_begin(&line, LOG_LEVEL_INFO, "stamp-counts");
	log_number(&line, "made", made);
	log_number(&line, "skip", counts[STAMP_GOOD]);
	for (enum stamp_reason r = STAMP_NOT_PEER; r < STAMP_REASONS; r++) {
		if (counts[r] > 0)
			log_number(&line, stamp_reason_name(r), counts[r]);
	}
	log_retry_end(&line);
	memset(counts, 0, sizeof(counts));
	made = 0;
}

void
stamping_run(uint64_t now)
{
	if (now < counts_at || !in_use())
		return;
	counts_at = now + COUNTS_EVERY_MS;
	stamping_log_counts();
}

uint64_t
stamping_next(void)
{
	return in_use() ? counts_at : UINT64_MAX;
}
