/* SPDX-License-Identifier: ISC */
/*
 * Records between our processes: privsep/ipc/record.c, scanner/client_records.c,
 * scanner/client_replay.c, scanner/client_parts.c, scanner/case.c,
 * scanner/base/stream.c, scanner/report.c, from the side of a session that was
 * taken over.
 *
 * Input: operations of two sessions, which send well-formed, bent and random
 * records in batches, and of scans that end.  What one session does must not
 * end or change the other; what is submitted to clamd is byte for byte what
 * the records said, sealed, and so is what is replayed, and each part; and CLEAN
 * is told only to the session whose scan said so, and all of whose parts, when
 * it said that these were all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/kit/fuzz.h"
#include "privsep/ipc/channel.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/poll.h"
#include "scanner/base/share.h"
#include "scanner/clamd/backend.h"
#include "scanner/client.h"
#include "scanner/report.h"
#include "tests/unit/stub_archives.h"

#define SESSIONS    2
#define OPS_MAX	    200
#define LIMIT	    20000 /* max_message_size */
#define CONTENT_MAX (LIMIT + 2 * RECORD_BATCH_MAX)
#define SEALS	    (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* A session's end of its channel, and what its message should be. */
static struct session {
	int fd; /* -1: gone */
	uint32_t index;
	struct scan *scan;		   /* submitted and not yet judged */
	struct scan *part[CASE_PARTS_MAX]; /* the same */
	unsigned int parts;
	bool unclean;		/* one of them was not judged clean */
	bool reading, complete; /* readings were announced; all were there */
	size_t object_len;	/* of the part that is being sent */
	uint8_t object[RECORD_BATCH_MAX];
	uint8_t batch[RECORD_BATCH_MAX + 4096];
	size_t batch_len;
	bool tainted; /* the batch holds bytes that are no well-formed record */
	uint8_t content[CONTENT_MAX];
	size_t content_len;
	bool body; /* the blank line is out */
	uint32_t told_clean;
	uint32_t credit; /* of the REPLAY that is on its way */
} sessions[SESSIONS];

static int log_fd[2] = {-1, -1};

/* --- what scanner/client_records.c calls ------------------------------------------------- */

bool
poll_watch(int fd, enum poll_kind kind, uint32_t index, enum poll_for *have,
    enum poll_for want)
{
	(void)fd;
	NEED(kind == POLL_SESSION);
	for (size_t i = 0; i < SESSIONS; i++)
		if (sessions[i].index == UINT32_MAX) {
			sessions[i].index = index;
			break;
		}
	*have = want;
	return true;
}

void
poll_leave(int fd)
{
	(void)fd;
}

const char *
backend_name(uint32_t index)
{
	(void)index;
	return "fuzz";
}

static struct session *
owner_of(uint32_t index)
{
	for (size_t i = 0; i < SESSIONS; i++)
		if (sessions[i].index == index)
			return &sessions[i];
	NEED(false);
}

/* Behind the lead-in line stands what the session sent, if we know it. */
static void
check_submitted(
    const struct session *s, int memfd, uint64_t size, uint64_t lead)
{
	const uint8_t *map, *lf;

	NEED(fcntl(memfd, F_GET_SEALS) == SEALS);
	NEED(lseek(memfd, 0, SEEK_END) == (off_t)size);
	map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, memfd, 0);
	NEED(map != MAP_FAILED);
	NEED(size >= 10 && memcmp(map, "Received: ", 10) == 0);
	lf = memchr(map, '\n', size);
	NEED(lf != NULL);
	NEED(lead == (uint64_t)(lf - map) + 1);
	if (!s->tainted) {
		NEED(size - lead == s->content_len);
		NEED(memcmp(map + lead, s->content, s->content_len) == 0);
	}
	munmap((void *)(uintptr_t)map, size);
}

/* A part's scan has no index of ours: it pays for the session whose message it
 * is of, which is the one that is being read. */
static struct session *reading_now;

static void
submit_part(struct scan *j, int memfd, uint64_t size)
{
	struct session *s = reading_now;
	uint8_t bytes[RECORD_BATCH_MAX];

	NEED(s != NULL && s->parts < CASE_PARTS_MAX);
	NEED(fcntl(memfd, F_GET_SEALS) == SEALS);
	NEED(size > 0 && size <= LIMIT);
	NEED(lseek(memfd, 0, SEEK_END) == (off_t)size);
	if (!s->tainted) {
		NEED(size == s->object_len);
		NEED(pread(memfd, bytes, size, 0) == (ssize_t)size);
		NEED(memcmp(bytes, s->object, size) == 0);
	}
	j->memfd = memfd;
	j->state = SCAN_WAITING;
	s->part[s->parts++] = j;
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	struct session *s;

	if (lead == 0) {
		submit_part(j, memfd, size);
		return;
	}
	s = owner_of(j->owner);
	NEED(lead < size);
	NEED(s->scan == NULL && j->state == SCAN_IDLE);
	check_submitted(s, memfd, size, lead);
	j->memfd = memfd;
	j->size = size;
	j->state = SCAN_WAITING;
	s->scan = j;
	NEED(s->parts == 0);
	s->unclean = false;
}

void
scan_early(struct scan *j, int memfd, uint64_t size)
{
	NEED(owner_of(j->owner)->scan == NULL && j->state == SCAN_IDLE);
	NEED(lseek(memfd, 0, SEEK_END) == (off_t)size);
}

/* No stamps here: candidates are a violation. */
struct database
identity_own(void)
{
	return (struct database){0};
}

void
scan_settle(struct scan *j, enum outcome outcome)
{
	NEED(outcome != OUTCOME_CLEAN && j->state == SCAN_IDLE);
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = UINT32_MAX};
}

/* Is it a part of that session's?  Then it is not under way any more. */
static bool
take_part(struct session *s, const struct scan *j)
{
	for (unsigned int i = 0; i < s->parts; i++) {
		if (s->part[i] != j)
			continue;
		s->part[i] = s->part[--s->parts];
		return true;
	}
	return false;
}

void
scan_cancel(struct scan *j)
{
	if (j->state == SCAN_IDLE)
		return;
	j->state = SCAN_IDLE;
	for (size_t i = 0; i < SESSIONS; i++) {
		if (take_part(&sessions[i], j)) {
			sessions[i].unclean = true;
			return;
		}
	}
	owner_of(j->owner)->scan = NULL;
}

/* --- the sessions' side ------------------------------------------------------------ */

static void
append(struct session *s, const void *bytes, size_t len)
{
	if (len > sizeof(s->batch) - s->batch_len) {
		s->tainted = true;
		return;
	}
	memcpy(&s->batch[s->batch_len], bytes, len);
	s->batch_len += len;
}

static void
expect(struct session *s, const void *bytes, size_t len)
{
	if (len > sizeof(s->content) - s->content_len) {
		s->tainted = true;
		return;
	}
	memcpy(&s->content[s->content_len], bytes, len);
	s->content_len += len;
}

static void
expect_blank(struct session *s)
{
	if (!s->body)
		expect(s, "\r\n", 2);
	s->body = true;
}

static void
send_begin(struct session *s, struct cursor *c)
{
	struct record_begin r = {.head = record_head(RECORD_BEGIN, sizeof(r))};
	struct span id;

	r.message = fuzz_u8(c);
	id = fuzz_bytes(c);
	memcpy(r.queue_id, id.ptr,
	    id.len < sizeof(r.queue_id) ? id.len : sizeof(r.queue_id));
	append(s, &r, sizeof(r));
	s->content_len = 0;
	s->body = false;
}

static void
send_field(struct session *s, struct cursor *c)
{
	struct span name = fuzz_bytes(c), value = fuzz_bytes(c);
	struct record_field r = {
	    .head = record_head(RECORD_FIELD, sizeof(r) + name.len + value.len),
	    .name_len = (uint32_t)name.len,
	    .value_len = (uint32_t)value.len};

	append(s, &r, sizeof(r));
	append(s, name.ptr, name.len);
	append(s, value.ptr, value.len);
	expect(s, name.ptr, name.len);
	expect(s, ":", 1);
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n' &&
		    (i == 0 || value.ptr[i - 1] != '\r'))
			expect(s, "\r", 1);
		expect(s, &value.ptr[i], 1);
	}
	expect(s, "\r\n", 2);
}

/* factor: for sizes up to the limits. */
static void
send_body(struct session *s, struct cursor *c, size_t factor)
{
	struct span bytes = fuzz_bytes(c);
	struct record_body r = {
	    .head = record_head(RECORD_BODY, sizeof(r) + bytes.len * factor)};

	append(s, &r, sizeof(r));
	expect_blank(s);
	for (size_t i = 0; i < factor; i++) {
		append(s, bytes.ptr, bytes.len);
		expect(s, bytes.ptr, bytes.len);
	}
}

static void
send_end(struct session *s, struct cursor *c, uint32_t readings)
{
	struct record_end r = {.head = record_head(RECORD_END, sizeof(r))};

	r.message = fuzz_u8(c);
	r.so_far = fuzz_u8(c) % 4 == 3 ? fuzz_u8(c) : OUTCOME_CLEAN;
	r.size = fuzz_u32(c);
	r.readings = readings;
	s->reading = readings == 1;
	s->complete = false;
	append(s, &r, sizeof(r));
	expect_blank(s);
}

static void
send_part(struct session *s, struct cursor *c)
{
	static const char *const names[] = {
	    "1", "2.1.3", "@0", "@12+34", "", "x", "1 2", "\n"};
	struct record_part r = {.head = record_head(RECORD_PART, sizeof(r))};
	uint8_t how = fuzz_u8(c);

	snprintf(r.object.part, sizeof(r.object.part), "%s", names[how % 8]);
	r.object.decoding = (enum decoding)(how >> 3);
	s->object_len = 0;
	append(s, &r, sizeof(r));
}

static void
send_part_bytes(struct session *s, struct cursor *c, size_t factor)
{
	struct span bytes = fuzz_bytes(c);
	struct record_part_bytes r = {.head = record_head(RECORD_PART_BYTES,
					  sizeof(r) + bytes.len * factor)};

	append(s, &r, sizeof(r));
	for (size_t i = 0; i < factor; i++) {
		append(s, bytes.ptr, bytes.len);
		if (bytes.len > sizeof(s->object) - s->object_len) {
			s->tainted = true;
			continue;
		}
		memcpy(s->object + s->object_len, bytes.ptr, bytes.len);
		s->object_len += bytes.len;
	}
}

static void
send_part_end(struct session *s, struct cursor *c)
{
	struct record_part_end r = {
	    .head = record_head(RECORD_PART_END, sizeof(r)),
	    .keep = fuzz_u8(c) % 3};

	append(s, &r, sizeof(r));
}

static void
send_read(struct session *s, struct cursor *c)
{
	struct record_read r = {.head = record_head(RECORD_READ, sizeof(r))};

	r.message = fuzz_u8(c);
	r.end = fuzz_u8(c) % 6;
	s->complete = r.end == READ_COMPLETE;
	append(s, &r, sizeof(r));
}

static void
send_report(struct session *s, struct cursor *c)
{
	struct record_report r = {
	    .head = record_head(RECORD_REPORT, sizeof(r))};
	struct span text;

	r.report.message = fuzz_u8(c);
	r.report.outcome = fuzz_u8(c);
	r.report.action = fuzz_u8(c);
	text = fuzz_bytes(c);
	/* Anything in any field, terminated or not. */
	for (size_t i = 0; text.len > 0 && i < sizeof(r.report.queue_id) +
						   sizeof(r.report.client_addr);
	     i++)
		r.report.queue_id[i % sizeof(r.report.queue_id)] =
		    (char)text.ptr[i % text.len];
	memset(r.report.helo, fuzz_u8(c), sizeof(r.report.helo));
	memcpy(r.report.sender, text.ptr, text.len);
	append(s, &r, sizeof(r));
}

static void
send_replay(struct session *s, struct cursor *c)
{
	struct record_replay r = {.head = record_head(RECORD_REPLAY, sizeof(r)),
	    .message = fuzz_u8(c),
	    .credit = fuzz_u32(c),
	    .offset = fuzz_u32(c)};

	s->credit = r.credit;
	append(s, &r, sizeof(r));
}

static void
send_plain(struct session *s, uint8_t type)
{
	struct record_plain r = {
	    .head = record_head((enum record_type)type, sizeof(r))};

	append(s, &r, sizeof(r));
	s->tainted = s->tainted || type != RECORD_ABORT;
}

/* A batch with a byte of it changed, or cut. */
static void
bend(struct session *s, struct cursor *c)
{
	size_t at = fuzz_u32(c), how = fuzz_u8(c);

	if (s->batch_len == 0)
		return;
	s->tainted = true;
	if (how == 0)
		s->batch_len = at % s->batch_len;
	else
		s->batch[at % s->batch_len] ^= (uint8_t)how;
}

/* A piece of nothing but the session's own message. */
static void
check_content(const struct session *s, struct span record)
{
	struct record_content r;
	struct span bytes;

	memcpy(&r, record.ptr, sizeof(r));
	bytes = span_of(record.ptr + sizeof(r), record.len - sizeof(r));
	NEED(r.stored <= 1 && bytes.len <= s->credit);
	if (r.stored == 0) {
		NEED(bytes.len == 0);
		return;
	}
	NEED(r.offset <= r.size && bytes.len <= r.size - r.offset);
	if (s->tainted)
		return;
	NEED(r.size == s->content_len);
	NEED(memcmp(bytes.ptr, s->content + r.offset, bytes.len) == 0);
}

/* Takes what the scanner has to say; *gone: it has closed. */
static bool
hear(struct session *s, struct span *record, bool *gone)
{
	static uint8_t datagram[RECORD_BATCH_MAX];
	ssize_t n = recv(s->fd, datagram, sizeof(datagram), MSG_DONTWAIT);

	*gone = n == 0 || (n == -1 && errno != EAGAIN);
	if (n <= 0)
		return false;
	*record = span_of(datagram, (size_t)n);
	NEED(record_check(ROLE_SCANNER, ROLE_SESSION, *record, false));
	return true;
}

/* The scanner has closed the session's channel: its index may be given to
 * another. */
static void
leave(struct session *s)
{
	if (s->fd != -1)
		close(s->fd);
	NEED(s->scan == NULL && s->parts == 0);
	*s = (struct session){.fd = -1, .index = UINT32_MAX - 1};
}

static void
listen_to(struct session *s)
{
	struct record_result result;
	struct span record;
	bool gone;

	while (hear(s, &record, &gone)) {
		if (record_type_of(record) == RECORD_CONTENT)
			check_content(s, record);
		if (record_type_of(record) != RECORD_RESULT)
			continue;
		memcpy(&result, record.ptr, sizeof(result));
		NEED(result.outcome < OUTCOME_COUNT);
		NEED(result.outcome != OUTCOME_CLEAN_BY_STAMP);
		NEED(result.name_len <= sizeof(result.name));
		NEED(result.object.part[0] == '\0' ||
		     (reading_object_fits(&result.object) &&
			 result.outcome == OUTCOME_INFECTED));
		if (result.outcome != OUTCOME_CLEAN)
			continue;
		NEED(s->told_clean-- > 0);
		NEED(s->parts == 0 && !s->unclean);
		NEED(s->tainted || !s->reading || s->complete);
	}
	if (gone)
		leave(s);
}

/* The batch goes out, and the scanner reads it.  The other session is where it
 * was. */
static void
deliver(struct session *s)
{
	const struct session *other = &sessions[s == sessions];
	uint32_t threads_before = client_count();
	int other_fd = other->fd;

	if (s->batch_len == 0)
		return;
	NEED(send(s->fd, s->batch, s->batch_len, MSG_DONTWAIT) ==
	     (ssize_t)s->batch_len);
	s->batch_len = 0;
	reading_now = s;
	client_input(s->index);
	reading_now = NULL;
	listen_to(s);
	NEED(other->fd == other_fd);
	NEED(client_count() == threads_before - (s->fd == -1));
}

/* What a scan ends with.  That a stamp is good is said without one. */
static enum outcome
scan_outcome(struct cursor *c)
{
	enum outcome outcome = (enum outcome)(fuzz_u8(c) % OUTCOME_COUNT);

	return outcome == OUTCOME_CLEAN_BY_STAMP ? OUTCOME_INFECTED : outcome;
}

/* One of its parts' scans, if there is one, ends. */
static void
judge_part(struct session *s, struct cursor *c)
{
	enum outcome outcome = scan_outcome(c);
	struct scan *j;

	if (s->parts == 0)
		return;
	j = s->part[0];
	(void)take_part(s, j);
	j->state = SCAN_IDLE;
	j->verdict = (struct verdict){.outcome = outcome, .backend = 0};
	if (outcome != OUTCOME_CLEAN)
		s->unclean = true;
	scan_judged(j);
	listen_to(s);
}

/* Its scan, if there is one, ends. */
static void
judge(struct session *s, struct cursor *c)
{
	struct scan *j = s->scan;
	enum outcome outcome = scan_outcome(c);
	struct span name = fuzz_bytes(c);

	if (j == NULL)
		return;
	s->scan = NULL;
	j->state = SCAN_IDLE;
	j->verdict = (struct verdict){
	    .outcome = outcome, .backend = 0, .name_len = (uint32_t)name.len};
	memcpy(j->verdict.name, name.ptr, name.len);
	if (outcome == OUTCOME_CLEAN)
		s->told_clean++;
	scan_judged(j);
	listen_to(s);
}

static void
join(struct session *s)
{
	int pair[2];

	NEED(channel_pair(pair));
	*s = (struct session){.fd = pair[1], .index = UINT32_MAX};
	client_add(pair[0], 0);
	NEED(s->index != UINT32_MAX);
}

/* The log must be one printable line per event; tests of lines are the log
 * target's. */
static void
check_log(void)
{
	static uint8_t lines[65536];
	ssize_t n = read(log_fd[0], lines, sizeof(lines));

	for (ssize_t i = 0; i < n; i++)
		NEED(lines[i] == '\n' || (lines[i] >= ' ' && lines[i] <= '~'));
}

static void
operate(struct session *s, uint8_t op, struct cursor *c)
{
	static const uint16_t factors[] = {1, 1, 16, 257};

	switch (op < 96 ? op % 12 : 12 + op % 6) {
	case 12:
		send_end(s, c, 1);
		deliver(s);
		break;
	case 13:
		send_part(s, c);
		break;
	case 14:
		send_part_bytes(s, c, factors[(op >> 3) % 4]);
		break;
	case 15:
		send_part_end(s, c);
		deliver(s);
		break;
	case 16:
		send_read(s, c);
		deliver(s);
		break;
	case 17:
		judge_part(s, c);
		break;
	case 0:
		send_begin(s, c);
		break;
	case 1:
	case 2:
		send_field(s, c);
		break;
	case 3:
		send_body(s, c, factors[(op >> 4) % 4]);
		break;
	case 4:
		send_end(s, c, 0);
		/* What goes on behind it is no part of that message. */
		if ((op >> 4) % 4 == 3)
			s->tainted = true;
		else
			deliver(s);
		break;
	case 5:
		send_plain(s, RECORD_ABORT);
		break;
	case 6:
		send_report(s, c);
		break;
	case 7:
		send_plain(s, fuzz_u8(c));
		break;
	case 8:
		bend(s, c);
		break;
	case 9:
		judge(s, c);
		break;
	case 10:
		/* Alone, as it must be, or not. */
		if ((op >> 4) % 4 != 3)
			deliver(s);
		if (s->fd == -1)
			break;
		send_replay(s, c);
		deliver(s);
		break;
	default:
		deliver(s);
		break;
	}
}

static void
set_up(void)
{
	static struct scanner_settings settings = {
	    .limits = {.messages = UINT32_MAX, .message_time = UINT32_MAX},
	    .max_message_size = LIMIT,
	    .max_sessions = SESSIONS};

	if (log_fd[0] != -1)
		return;
	NEED(pipe2(log_fd, O_NONBLOCK) == 0);
	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	NEED(stream_setup(LIMIT) && case_setup() && client_setup(&settings));
	log_retry_setup(log_fd[1], LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	report_setup(true);
	for (size_t i = 0; i < SESSIONS; i++)
		sessions[i].fd = -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));

	set_up();
	for (size_t i = 0; i < SESSIONS; i++)
		sessions[i].index = UINT32_MAX - 1;
	for (size_t i = 0; i < SESSIONS; i++)
		join(&sessions[i]);
	for (unsigned i = 0; i < OPS_MAX && !cursor_empty(&c); i++) {
		uint8_t op = fuzz_u8(&c);
		struct session *s = &sessions[op >> 7];

		if (s->fd == -1)
			join(s);
		operate(s, op & 0x7f, &c);
		check_log();
	}
	for (size_t i = 0; i < SESSIONS; i++) {
		uint32_t index = sessions[i].index;

		if (sessions[i].fd == -1)
			continue;
		close(sessions[i].fd);
		sessions[i].fd = -1;
		client_input(index);
		leave(&sessions[i]);
	}
	NEED(client_count() == 0 && client_busy() == 0);
	check_log();
	return 0;
}
