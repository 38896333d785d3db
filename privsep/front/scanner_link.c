/* SPDX-License-Identifier: ISC */
/*
 * What the parser asks of its process (parser/mail/process.h), towards the
 * scanner: messages go to it as batches of records; see scanner_link.h.
 *
 * Runs under the five-call filter: no allocation, no stdio.  A scanner that is
 * gone, silent or talking nonsense never makes a message clean: the outcome is
 * OUTCOME_INTERNAL, and stays so for the rest of the session, because a new
 * channel cannot be had in here.
 */
#include "privsep/front/scanner_link.h"

#include <errno.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "lib/network.h"
#include "parser/mail/process.h"
#include "parser/mail/stamp_fields.h"

/* Sendmail waits 10 s for one reply, with a resolution of a second. */
#define PROGRESS_EVERY_MS 4000
/* The scanner keeps the scan deadline; the session only notices that the
 * scanner itself does not answer. */
#define SCANNER_GRACE_MS 5000
/* From this length on a piece of body is not copied: that would touch as many
 * pages again.  Shorter ones share a datagram with the end of the message. */
#define DIRECT_MIN 32768
/* Records collect up to so many bytes; only a longer one needs the rest of the
 * buffer, whose pages are otherwise not touched. */
#define BATCH_USUAL 40960

/* Of the session that this thread works for. */
static _Thread_local struct scanner_link *ours;

void
link_use(struct scanner_link *memory)
{
	ours = memory;
}

void
link_init(struct wire_ends ends, uint32_t scan_timeout)
{
	ours->len = 0;
	ours->lent = NULL;
	ours->lent_size = 0;
	ours->ends = ends;
	ours->scan_timeout = scan_timeout;
	ours->scanner_gone = ends.scanner == -1;
	ours->draining = false;
	ours->yield = false;
	ours->reading = ours->have = false;
	ours->progress = span_of(NULL, 0);
	ours->progress_at = ours->late = 0;
}

void
link_lend(uint8_t *input, size_t size)
{
	ours->lent = input;
	ours->lent_size = size;
}

bool
link_draining(void)
{
	return ours->draining;
}

bool
link_yields(void)
{
	bool yield = ours->yield;

	ours->yield = false;
	return yield;
}

bool
link_scanner_there(void)
{
	return !ours->scanner_gone;
}

static void
datagram_write(struct span all)
{
	if (all.len > 0 && !ours->scanner_gone &&
	    !wire_write(
		ours->ends.scanner, all, wire_now() + ours->scan_timeout))
		ours->scanner_gone = true;
}

static void
batch_flush(void)
{
	struct span all = span_of(ours->batch, ours->len);

	ours->len = 0;
	datagram_write(all);
}

static void
batch_add(const void *bytes, size_t len)
{
	memcpy(ours->batch + ours->len, bytes, len);
	ours->len += len;
}

/* Room for one record of LEN bytes; all that exist fit into an empty batch. */
static void
batch_room(size_t len)
{
	ensure(len <= sizeof(ours->batch));
	if (ours->len > 0 && len + ours->len > BATCH_USUAL)
		batch_flush();
}

static void
batch_record(const void *record, size_t len)
{
	batch_room(len);
	batch_add(record, len);
}

void
process_scan_begin(uint32_t message, const char *queue_id,
    const char *client_addr, bool candidates)
{
	struct record_begin r = {.head = record_head(RECORD_BEGIN, sizeof(r)),
	    .message = message,
	    .stamps = candidates};

	strncpy(r.queue_id, queue_id, sizeof(r.queue_id) - 1);
	network_client(client_addr, r.client);
	batch_record(&r, sizeof(r));
}

void
process_scan_field(struct span name, struct span value)
{
	size_t len = sizeof(struct record_field) + name.len + value.len;
	struct record_field r = {.head = record_head(RECORD_FIELD, len),
	    .name_len = (uint32_t)name.len,
	    .value_len = (uint32_t)value.len};

	batch_room(len);
	batch_add(&r, sizeof(r));
	batch_add(name.ptr, name.len);
	batch_add(value.ptr, value.len);
}

void
process_scan_candidate(uint32_t peer, const struct candidate *c)
{
	struct record_candidate r = {
	    .head = record_head(RECORD_CANDIDATE, sizeof(r)),
	    .number = c->number,
	    .peer = peer};

	memcpy(r.stamp, c->stamp, sizeof(r.stamp));
	memcpy(r.mac, c->mac, sizeof(r.mac));
	batch_record(&r, sizeof(r));
}

/* The place of so many bytes in front of these, where they may be written; NULL
 * if there is none. */
static uint8_t *
place_before(struct span bytes, size_t len)
{
	size_t at = (uintptr_t)bytes.ptr - (uintptr_t)ours->lent;

	if (ours->lent == NULL || at >= ours->lent_size ||
	    bytes.len > ours->lent_size - at || len > at)
		return NULL;
	return ours->lent + at - len;
}

/* A long piece from where it stands, with what is in the batch in front. */
static bool
body_direct(struct span bytes, const struct record_body *r)
{
	size_t before = ours->len + sizeof(*r);
	uint8_t *start = place_before(bytes, before);

	if (bytes.len < DIRECT_MIN || start == NULL ||
	    before + bytes.len > RECORD_BATCH_MAX)
		return false;
	memcpy(start, ours->batch, ours->len);
	memcpy(start + ours->len, r, sizeof(*r));
	ours->len = 0;
	datagram_write(span_of(start, before + bytes.len));
	return true;
}

void
process_scan_body(struct span bytes)
{
	size_t len = sizeof(struct record_body) + bytes.len;
	struct record_body r = {.head = record_head(RECORD_BODY, len)};

	if (body_direct(bytes, &r))
		return;
	batch_room(len);
	batch_add(&r, sizeof(r));
	batch_add(bytes.ptr, bytes.len);
}

void
process_scan_abort(void)
{
	struct record_plain r = {.head = record_head(RECORD_ABORT, sizeof(r))};

	batch_record(&r, sizeof(r));
}

void
process_claims(const struct claims *report)
{
	struct record_report r = {
	    .head = record_head(RECORD_REPORT, sizeof(r)), .report = *report};

	batch_record(&r, sizeof(r));
	batch_flush();
}

void
process_closing(const char *why, const struct claims *report)
{
	struct record_closing r = {
	    .head = record_head(RECORD_CLOSING, sizeof(r)), .report = *report};

	strncpy(r.why, why, sizeof(r.why) - 1);
	batch_record(&r, sizeof(r));
	batch_flush();
}

/*
 * Reads one record from the scanner, of at most room bytes.  True if it is one
 * of that type; anything else is taken care of here.
 */
static bool
scanner_read(
    enum record_type wanted, void *buf, size_t room, struct span *record)
{
	ssize_t n = read(ours->ends.scanner, buf, room);
	enum record_type type;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	*record = span_of(buf, n > 0 ? (size_t)n : 0);
	type = record_type_of(*record);
	/* A piece that nobody has asked for is no longer than a result. */
	if (!record_check(ROLE_SCANNER, ROLE_SESSION, *record, false) ||
	    (type == RECORD_CONTENT && wanted != RECORD_CONTENT)) {
		ours->scanner_gone = true;
		return false;
	}
	if (type == RECORD_DRAIN)
		ours->draining = true;
	if (type == RECORD_YIELD)
		ours->yield = true;
	return type == wanted;
}

void
link_read_scanner(void)
{
	struct record_result unwanted;
	struct span record;

	(void)scanner_read(RECORD_RESULT, &unwanted, sizeof(unwanted), &record);
}

/* Does the result belong to this message, and does it hold together? */
static bool
result_fits(const struct record_result *r, uint32_t message)
{
	return r->message == message && r->outcome < OUTCOME_COUNT &&
	       r->name_len < sizeof(r->name) &&
	       (r->object.part[0] == '\0' || reading_object_fits(&r->object));
}

/* Has the MTA told, if it is time for that, that it goes on.  False: it is
 * gone. */
static bool
progress_tell(uint64_t now)
{
	if (now < ours->progress_at)
		return true;
	ours->progress_at = now + PROGRESS_EVERY_MS;
	return process_mta_send(ours->progress);
}

static uint64_t
give_up(void)
{
	return ours->late + SCANNER_GRACE_MS;
}

/* One wait of at most that long for what the scanner has to say, and not beyond
 * the time at which something is to be done. */
static unsigned int
answer_wait(uint64_t until)
{
	if (ours->progress_at < until)
		until = ours->progress_at;
	return wire_wait(&ours->ends, WIRE_READ_SCANNER, true, until);
}

/*
 * One wait for the result.  True if the waiting is over: *r is the result, or
 * the scanner or the MTA is gone.
 */
static bool
result_wait(uint32_t message, struct record_result *r, bool *have)
{
	unsigned int got = answer_wait(give_up());
	struct span record;

	if ((got & WIRE_READ_SCANNER) != 0) {
		/* A late answer to an earlier message is passed over. */
		*have = scanner_read(RECORD_RESULT, r, sizeof(*r), &record) &&
			result_fits(r, message);
		return *have || ours->scanner_gone;
	}
	if ((got & WIRE_SCANNER_GONE) != 0)
		ours->scanner_gone = true;
	return (got & (WIRE_SCANNER_GONE | WIRE_MTA_GONE)) != 0;
}

void
process_scan_end(uint32_t message, uint64_t size, enum outcome so_far,
    bool readings, struct span progress)
{
	struct record_end end = {.head = record_head(RECORD_END, sizeof(end)),
	    .message = message,
	    .so_far = so_far,
	    .readings = readings,
	    .size = size};
	uint64_t now;

	batch_record(&end, sizeof(end));
	batch_flush();
	now = wire_now();
	ours->reading = readings;
	ours->have = false;
	ours->progress = progress;
	ours->progress_at = now + PROGRESS_EVERY_MS;
	ours->late = now + ours->scan_timeout;
}

static bool
result_get(uint32_t message, struct record_result *r)
{
	uint64_t now;
	bool have = false;

	while (!ours->scanner_gone && !result_wait(message, r, &have)) {
		now = wire_now();
		if (now >= give_up() || !progress_tell(now))
			break;
	}
	return have;
}

static void
result_take(const struct record_result *r, struct scan_result *out)
{
	out->outcome = (enum outcome)r->outcome;
	memcpy(out->name, r->name, r->name_len);
	out->object = r->object;
	out->stamped = r->stamped;
	memcpy(out->stamp, r->stamp, sizeof(out->stamp));
	memcpy(out->mac, r->mac, sizeof(out->mac));
}

void
process_scan_result(uint32_t message, struct scan_result *out)
{
	struct record_result r;

	*out = (struct scan_result){.outcome = OUTCOME_INTERNAL};
	ours->reading = false;
	if (ours->have)
		result_take(&ours->early, out);
	else if (result_get(message, &r))
		result_take(&r, out);
}

/* --- objects of readings ------------------------------------------------------ */

void
process_scan_part(const struct reading_object *object)
{
	struct record_part r = {
	    .head = record_head(RECORD_PART, sizeof(r)), .object = *object};

	batch_record(&r, sizeof(r));
}

void
process_scan_part_bytes(struct span bytes)
{
	struct record_part_bytes r;
	struct cursor left = cursor_of(bytes);
	struct span piece = {0};
	size_t len;

	while (!cursor_empty(&left)) {
		len = left.left < DIRECT_MIN ? left.left : DIRECT_MIN;
		(void)cursor_take(&left, len, &piece);
		r.head = record_head(RECORD_PART_BYTES, sizeof(r) + len);
		batch_room(sizeof(r) + len);
		batch_add(&r, sizeof(r));
		batch_add(piece.ptr, len);
	}
}

void
process_scan_part_end(bool keep)
{
	struct record_part_end r = {
	    .head = record_head(RECORD_PART_END, sizeof(r)), .keep = keep};

	batch_record(&r, sizeof(r));
	batch_flush();
}

void
process_scan_read(uint32_t message, enum read_end end)
{
	struct record_read r = {.head = record_head(RECORD_READ, sizeof(r)),
	    .message = message,
	    .end = end};

	if (ours->have)
		return; /* it is waited for no longer */
	batch_record(&r, sizeof(r));
	batch_flush();
}

/* --- the message again -------------------------------------------------------- */

/* Is that the piece that was asked for? */
static bool
content_fits(
    const struct record_content *r, size_t len, uint32_t message, uint64_t at)
{
	if (r->message != message || r->offset != at || r->stored > 1)
		return false;
	if (r->stored == 0)
		return len == 0;
	return at <= r->size && len <= REPLAY_PIECE_MAX &&
	       len <= r->size - at && (len > 0 || at == r->size);
}

/* The scanner has come to a result before all was read. */
static void
result_keep(uint32_t message, struct span record)
{
	if (!ours->reading || record.len != sizeof(ours->early) ||
	    record_type_of(record) != RECORD_RESULT)
		return;
	memcpy(&ours->early, record.ptr, sizeof(ours->early));
	ours->have = result_fits(&ours->early, message);
}

/* The answer to a REPLAY. */
static bool
content_wait(uint32_t message, uint64_t until, struct record_content *r,
    struct span *bytes)
{
	struct span record = {0};
	unsigned int got;

	while (!ours->scanner_gone) {
		got = answer_wait(until);
		if (got == 0 && wire_now() < until && progress_tell(wire_now()))
			continue;
		if ((got & WIRE_READ_SCANNER) == 0)
			return false;
		if (!scanner_read(RECORD_CONTENT, ours->content,
			sizeof(ours->content), &record)) {
			if (link_scanner_there())
				result_keep(message, record);
			continue;
		}
		memcpy(r, record.ptr, sizeof(*r));
		*bytes =
		    span_of(record.ptr + sizeof(*r), record.len - sizeof(*r));
		return true;
	}
	return false;
}

/* Asks for a piece and waits for it. */
static enum replay
piece_get(uint32_t message, uint64_t at, uint64_t until, struct span *piece)
{
	struct record_replay ask = {
	    .head = record_head(RECORD_REPLAY, sizeof(ask)),
	    .message = message,
	    .credit = REPLAY_PIECE_MAX,
	    .offset = at};
	struct record_content content;
	struct span bytes;

	batch_record(&ask, sizeof(ask));
	batch_flush();
	if (!content_wait(message, until, &content, &bytes) ||
	    !content_fits(&content, bytes.len, message, at)) {
		/* What comes now would be taken for the next answer. */
		ours->scanner_gone = true;
		return REPLAY_FAILED;
	}
	if (content.stored == 0)
		return REPLAY_NOT_STORED;
	if (bytes.len == 0)
		return REPLAY_END;
	*piece = bytes;
	return REPLAY_PIECE;
}

enum replay
process_replay(uint32_t message, uint64_t at, struct span *piece)
{
	uint64_t now = wire_now();
	enum replay got;

	if (!ours->reading) {
		ours->progress_at = UINT64_MAX;
		return piece_get(message, at,
		    now + ours->scan_timeout + SCANNER_GRACE_MS, piece);
	}
	if (ours->have)
		return REPLAY_NEEDLESS;
	if (now >= ours->late)
		return REPLAY_LATE;
	got = piece_get(message, at, give_up(), piece);
	return ours->have ? REPLAY_NEEDLESS : got;
}
