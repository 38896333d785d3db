/* SPDX-License-Identifier: ISC */
/*
 * Records to stream; see stream.h.  Runs in the scanner.
 *
 * Fields are copied into one flat buffer; pieces of body are not copied but
 * pointed to.  Both are shared by all streams, since one is collected at a
 * time.  Bytes of one batch never fill them: see FLAT_MAX.
 */
#include "scanner/base/stream.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/record.h"
#include "scanner/base/memory.h"

/* A value of nothing but LF doubles; colon and CRLF are fewer than the bytes
 * of a record's head.  The lead-in and the blank line come on top. */
#define FLAT_MAX (2 * RECORD_BATCH_MAX + STREAM_LEAD_MAX + 2)
#define RUNS_MAX 64 /* more pieces in one batch cost another writev */
#define SEALS	 (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

#define NONCE_BYTES 16
#define NAME_PREFIX "pratique-"
#define NAME_MAX_ID 32 /* letters and digits of a queue id in a memfd's name */

static char nonce[2 * NONCE_BYTES + 1];
static uint64_t streams; /* begun so far: the other half of the nonce */
static uint64_t limit;

static uint8_t flat[FLAT_MAX];
static size_t flat_len;
static struct iovec run[RUNS_MAX];
static size_t runs;
static size_t collected;		/* bytes in all runs */
static const struct stream *collecting; /* whose runs they are */

bool
stream_setup(uint64_t max_message_size)
{
	uint8_t random[NONCE_BYTES];

	if (sodium_init() == -1)
		return false;
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(nonce, sizeof(nonce), random, sizeof(random));
	limit = max_message_size;
	return true;
}

static void
forget(void)
{
	flat_len = 0;
	runs = 0;
	collected = 0;
}

static bool
takes(const struct stream *s)
{
	return s->state == STREAM_FIELDS || s->state == STREAM_BODY;
}

/* For good, without a verdict. */
static void
stream_end(struct stream *s, enum stream_state state)
{
	ensure(takes(s));
	stream_drop(s);
	s->state = state;
}

/* Bytes that stay where they are: the last run grows if it ends there. */
static void
collect(struct stream *s, const uint8_t *bytes, size_t len)
{
	struct iovec *last;

	/* One session's bytes in another's stream: never. */
	ensure(runs == 0 || collecting == s);
	collecting = s;
	last = runs > 0 ? &run[runs - 1] : NULL;
	if (last != NULL && (uint8_t *)last->iov_base + last->iov_len == bytes)
		last->iov_len += len;
	else {
		if (runs == RUNS_MAX)
			stream_flush(s);
		if (!takes(s))
			return;
		run[runs++] = (struct iovec){
		    .iov_base = (void *)(uintptr_t)bytes, .iov_len = len};
	}
	collected += len;
}

/* Bytes that are copied. */
static void
collect_copy(struct stream *s, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if (len > sizeof(flat) - flat_len)
		stream_flush(s);
	ensure(len <= sizeof(flat) - flat_len);
	memcpy(flat + flat_len, bytes, len);
	collect(s, flat + flat_len, len);
	flat_len += len;
}

static void
stream_fail(struct stream *s)
{
	stream_end(s, STREAM_FAILED);
}

/* Counts len more message bytes; false if the stream takes no more. */
static bool
stream_admit(struct stream *s, uint64_t len)
{
	if (!takes(s))
		return false;
	ensure(s->len <= limit);
	if (len > limit - s->len) {
		stream_end(s, STREAM_TOO_BIG);
		return false;
	}
	s->len += len;
	return true;
}

static int
make_memfd(struct span queue_id)
{
	char name[sizeof(NAME_PREFIX) + NAME_MAX_ID] = NAME_PREFIX;
	size_t at = sizeof(NAME_PREFIX) - 1;

	for (size_t i = 0; i < queue_id.len && at < sizeof(name) - 1; i++) {
		uint8_t byte = queue_id.ptr[i];

		if ((byte >= '0' && byte <= '9') ||
		    (byte >= 'A' && byte <= 'Z') ||
		    (byte >= 'a' && byte <= 'z'))
			name[at++] = (char)byte;
	}
	name[at] = '\0';
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static void
collect_lead(struct stream *s)
{
	static const char day[7][4] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char month[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char line[STREAM_LEAD_MAX];
	struct timespec now = {0};
	struct tm tm = {0};
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = snprintf(line, sizeof(line),
	    "Received: from pratique by localhost id %s.%llu;"
	    " %s, %d %s %d %02d:%02d:%02d +0000\r\n",
	    nonce, (unsigned long long)streams++, day[tm.tm_wday % 7],
	    tm.tm_mday, month[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	if (n < 0 || (size_t)n >= sizeof(line))
		stream_fail(s);
	else
		collect_copy(s, line, (size_t)n);
}

void
stream_begin_bare(struct stream *s, struct span name)
{
	*s = (struct stream){.state = STREAM_BODY, .memfd = make_memfd(name)};
	forget();
	if (s->memfd == -1)
		s->state = STREAM_FAILED;
}

void
stream_begin(struct stream *s, struct span queue_id)
{
	stream_begin_bare(s, queue_id);
	if (s->state == STREAM_FAILED)
		return;
	s->state = STREAM_FIELDS;
	collect_lead(s);
}

/* Copies a value with CRLF for each LF, which may have it already; returns how
 * many bytes that makes. */
static size_t
unfold_into(uint8_t *out, struct span value)
{
	struct cursor c = cursor_of(value);
	size_t len = 0;

	while (!cursor_empty(&c)) {
		const uint8_t *lf = memchr(c.at, '\n', c.left);
		struct span line;

		if (lf == NULL)
			line = cursor_rest(&c);
		else if (!cursor_take(&c, (size_t)(lf - c.at) + 1, &line))
			break;
		memcpy(out + len, line.ptr, line.len);
		len += line.len;
		if (lf != NULL && (line.len < 2 || lf[-1] != '\r')) {
			out[len - 1] = '\r';
			out[len++] = '\n';
		}
	}
	return len;
}

void
stream_field(struct stream *s, struct span name, struct span value)
{
	size_t most = name.len + 1 + 2 * value.len + 2;
	uint8_t *start;
	size_t len;

	if (!takes(s))
		return;
	if (most > sizeof(flat)) {
		stream_fail(s);
		return;
	}
	if (most > sizeof(flat) - flat_len)
		stream_flush(s);
	ensure(most <= sizeof(flat) - flat_len);
	start = flat + flat_len;
	memcpy(start, name.ptr, name.len);
	len = name.len;
	start[len++] = ':';
	len += unfold_into(start + len, value);
	start[len++] = '\r';
	start[len++] = '\n';
	if (!stream_admit(s, len))
		return;
	collect(s, start, len);
	flat_len += len;
}

/* The blank line between fields and body, once. */
static void
end_fields(struct stream *s)
{
	if (s->state != STREAM_FIELDS)
		return;
	s->state = STREAM_BODY;
	if (stream_admit(s, 2))
		collect_copy(s, "\r\n", 2);
}

void
stream_body(struct stream *s, struct span bytes)
{
	end_fields(s);
	if (bytes.len > 0 && stream_admit(s, bytes.len))
		collect(s, bytes.ptr, bytes.len);
}

void
stream_flush(struct stream *s)
{
	ssize_t n;

	if (runs == 0 || s->memfd == -1) {
		forget();
		return;
	}
	if (s->payer != NULL ? !share_take(s->payer, collected)
			     : !memory_take(collected)) {
		stream_end(s, STREAM_BUSY);
		return;
	}
	n = writev(s->memfd, run, (int)runs);
	s->written += collected;
	/* Memory runs out in the middle: a short write, and no verdict. */
	if (n != (ssize_t)collected)
		stream_fail(s);
	forget();
}

/* What becomes of a message of which there is no memfd. */
static enum outcome
unfinished(const struct stream *s)
{
	switch (s->state) {
	case STREAM_TOO_BIG:
		return OUTCOME_TOO_BIG;
	case STREAM_BUSY:
		return OUTCOME_BUSY;
	case STREAM_NONE:
	case STREAM_FIELDS:
	case STREAM_BODY:
	case STREAM_SEALED:
	case STREAM_FAILED:
		break;
	}
	return OUTCOME_INTERNAL;
}

enum outcome
stream_finish(struct stream *s)
{
	end_fields(s);
	stream_flush(s);
	if (!takes(s))
		return unfinished(s);
	/* A file that could still shrink can be judged clean unread. */
	if (fcntl(s->memfd, F_ADD_SEALS, SEALS) == 0) {
		s->state = STREAM_SEALED;
		return OUTCOME_CLEAN;
	}
	stream_fail(s);
	return OUTCOME_INTERNAL;
}

void
stream_release_of(int memfd, uint64_t written, const struct payer *payer)
{
	ensure(memfd != -1);
	close(memfd);
	if (payer != NULL)
		share_give(payer, written);
	else
		memory_give(written);
}

void
stream_release(int memfd, uint64_t written)
{
	stream_release_of(memfd, written, NULL);
}

void
stream_drop(struct stream *s)
{
	if (s->memfd != -1)
		stream_release_of(s->memfd, s->written, s->payer);
	s->memfd = -1;
	forget();
}
