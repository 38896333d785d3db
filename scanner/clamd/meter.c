/* SPDX-License-Identifier: ISC */
/*
 * The measuring of clamds; see meter.h.  Runs in the scanner: one exchange at
 * a time with each, in a thread that is counted as a message's.  What goes
 * wrong says nothing about the clamd here: others find that out (probe.h).
 */
#include "scanner/clamd/meter.h"

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/poll.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/probe_stage.h"
#include "scanner/clamd/query.h"
#include "scanner/clamd/search.h"
#include "scanner/clamd/tar.h"

#define AGAIN_MS 5    /* no thread got free, the backlog was full */
#define LATER_MS 1000 /* something was odd */

#define UNTOLD                                                          \
	"does not report what is in an archive above MaxFileSize: set " \
	"MaxFileSize no lower than MaxScanSize in its configuration"

struct meter {
	bool known; /* bounds are of this clamd */
	bool warned;
	struct archive_bounds bounds;
	char version[sizeof(((struct version *)NULL)->text)];
	uint64_t since; /* of its state, when they were measured */

	struct search search;
	struct query query; /* PUT_OFF: until it is asked next */
};

static struct meter meters[SETTINGS_BACKENDS_MAX];
static uint64_t check_interval, scan_timeout;

void
meter_setup(const struct scanner_settings *settings)
{
	check_interval = settings->check_interval;
	scan_timeout = settings->scan_timeout;
	for (uint32_t i = 0; i < backend_count(); i++) {
		meters[i] = (struct meter){.known = false};
		search_begin(&meters[i].search);
		query_init(&meters[i].query, POLL_METER, i);
		meters[i].query.backend = i;
		query_put_off(&meters[i].query, 0);
	}
}

/* Or may it be another clamd than the one that was measured? */
static bool
is_same(uint32_t index)
{
	const struct meter *m = &meters[index];
	const struct backend *b = backend_at(index);

	return m->since == b->since && strcmp(m->version, b->version.text) == 0;
}

void
meter_bounds(uint32_t backend, struct archive_bounds *out)
{
	const struct backend *b = backend_at(backend);

	/* Of such a one nothing can be found out, and there is a warning. */
	if (b->alerts_off)
		*out = (struct archive_bounds){
		    .file = UINT64_MAX, .all = UINT64_MAX};
	else if (meters[backend].known && is_same(backend))
		*out = meters[backend].bounds;
	else
		*out = (struct archive_bounds){
		    .file = b->proved, .all = b->proved};
}

static void
meter_again(uint32_t index, uint64_t pause)
{
	query_close(&meters[index].query);
	query_put_off(&meters[index].query, pause);
}

static void
log_bounds(uint32_t index)
{
	struct meter *m = &meters[index];
	struct log_line line;

	log_begin(&line, LOG_LEVEL_INFO, "backend-archives");
	log_text(&line, "backend", backend_name(index));
	if (m->bounds.file != UINT64_MAX)
		log_number(&line, "file_limit", m->bounds.file);
	if (m->bounds.all != UINT64_MAX)
		log_number(&line, "scan_limit", m->bounds.all);
	log_retry_end(&line);
	if (!m->bounds.told && !m->warned)
		backend_warn(index, UNTOLD);
	m->warned = !m->bounds.told;
}

/* All that was to be asked has been. */
static void
meter_done(uint32_t index)
{
	struct meter *m = &meters[index];
	const struct archive_bounds *found = &m->search.found;
	bool same = m->known && m->bounds.file == found->file &&
		    m->bounds.all == found->all &&
		    m->bounds.told == found->told;

	m->bounds = *found;
	m->known = true;
	if (!same) {
		log_bounds(index);
		backend_reports(
		    index, found->file < found->all ? found->file : found->all);
	}
	search_check(&m->search);
	meter_again(index, check_interval);
}

static void
meter_ended(uint32_t index)
{
	struct meter *m = &meters[index];
	struct reply reply = query_reply(&m->query);

	if (reply.outcome != OUTCOME_CLAMD_ERROR)
		backend_answered(index);
	if (!search_take(&m->search, search_answer_of(&reply))) {
		search_begin(&m->search);
		meter_again(index, LATER_MS);
	} else if (m->search.step == SEARCH_DONE)
		meter_done(index);
	else
		meter_again(index, 0);
}

static void
meter_news(uint32_t index, enum query_news news)
{
	switch (news) {
	case QUERY_PENDING:
		break;
	case QUERY_ANSWERED:
		meter_ended(index);
		break;
	case QUERY_REFUSED:
		meter_again(index, LATER_MS);
		break;
	case QUERY_BUSY:
	case QUERY_FAULT:
		meter_again(index, AGAIN_MS);
		break;
	}
}

/* A header that claims size bytes, and a block that no cache knows. */
static int
make_claim(uint64_t size, uint64_t *written)
{
	static uint64_t count;
	uint8_t blocks[2 * TAR_BLOCK] = {0};
	uint64_t nonce = clock_ms() << 16 | (count++ & UINT16_MAX);
	struct stream s;

	tar_header(blocks, TAR_FILE, "claim", size);
	memcpy(blocks + TAR_BLOCK, &nonce, sizeof(nonce));
	stream_begin_bare(&s, span_text("canary"));
	stream_body(&s, span_of(blocks, sizeof(blocks)));
	if (stream_finish(&s) != OUTCOME_CLEAN)
		return -1;
	*written = s.written;
	return s.memfd;
}

static void
meter_ask(uint32_t index, uint64_t now)
{
	struct meter *m = &meters[index];
	struct query *a = &m->query;

	ensure(a->state == QUERY_PUT_OFF && a->canary == -1);
	if (!query_seat(a, index)) {
		query_put_off(a, AGAIN_MS);
		return;
	}
	a->canary = make_claim(search_size(&m->search), &a->written);
	if (a->canary == -1) {
		meter_again(index, AGAIN_MS);
		return;
	}
	a->deadline = now + probe_stage_deadline(PROBE_SMALL, scan_timeout);
	meter_news(index, query_ask(a, probe_stage_request(PROBE_SMALL,
					   backend_takes_descriptors(index))));
}

void
meter_event(uint32_t backend)
{
	meter_news(backend, query_event(&meters[backend].query));
}

/* One that is not up is not asked, nor one that would say nothing. */
static bool
is_wanted(uint32_t index)
{
	const struct backend *b = backend_at(index);

	return b->state == BACKEND_UP && !b->alerts_off;
}

static void
notice(uint32_t index)
{
	struct meter *m = &meters[index];
	const struct backend *b = backend_at(index);

	if (is_same(index))
		return;
	m->since = b->since;
	memcpy(m->version, b->version.text, sizeof(m->version));
	m->known = false;
	search_begin(&m->search);
	meter_again(index, 0);
}

/* When it has something to do. */
static uint64_t
meter_at(const struct meter *m)
{
	return m->query.state == QUERY_PUT_OFF ? m->query.wake
					       : m->query.deadline;
}

void
meter_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count(); i++) {
		struct meter *m = &meters[i];

		if (!is_wanted(i)) {
			if (m->query.state != QUERY_PUT_OFF)
				meter_again(i, 0);
			continue;
		}
		notice(i);
		if (meter_at(m) > now)
			continue;
		if (m->query.state == QUERY_PUT_OFF)
			meter_ask(i, now);
		else
			meter_again(i, LATER_MS);
	}
}

uint64_t
meter_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count(); i++) {
		uint64_t at = meter_at(&meters[i]);

		if (is_wanted(i) && at < next)
			next = at;
	}
	return next;
}
