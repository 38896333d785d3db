/* SPDX-License-Identifier: ISC */
/*
 * What a session makes of the scanner's answers: privsep/front/scanner_link.c
 * over a real channel, with a clock of its own.  The scanner is a function that
 * has its turn when the session waits.  The file is in here: elsewhere
 * stub_process.c stands for it.
 */
#include "privsep/front/scanner_link.c"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "tests/unit/fake_clock.h"

#define SCAN_TIMEOUT 20000
#define MESSAGE	     3

static struct scanner_link link_memory;
static int scanner = -1, mta = -1;
static unsigned int progress;

static uint8_t stored[150000]; /* the message, if it is */
static size_t stored_len;

/* What has come last of the session, and the answer. */
static struct record_replay asked;
static unsigned int asks;
static struct {
	struct record_content content;
	uint8_t bytes[RECORD_BATCH_MAX];
} reply;
static size_t reply_len; /* bytes behind it */

/* Spoils an answer, or says something else; true: and that is all. */
static bool (*spoil)(void);

static void
say(const void *record, size_t len)
{
	assert_int_equal(send(scanner, record, len, 0), len);
}

static void
say_plain(enum record_type type)
{
	struct record_plain r = {.head = record_head(type, sizeof(r))};

	say(&r, sizeof(r));
}

static void
say_result(uint32_t message, enum outcome outcome)
{
	struct record_result r = {.head = record_head(RECORD_RESULT, sizeof(r)),
	    .message = message,
	    .outcome = outcome};

	say(&r, sizeof(r));
}

static void
honest(void)
{
	size_t left = stored_len - (size_t)asked.offset;

	reply_len = left < asked.credit ? left : asked.credit;
	reply.content = (struct record_content){.message = asked.message,
	    .stored = 1,
	    .offset = asked.offset,
	    .size = stored_len};
	memcpy(reply.bytes, stored + asked.offset, reply_len);
}

/* What came that is no REPLAY: so many of each type, bytes of parts, and the
 * last READ. */
static unsigned int came[RECORD_TYPES];
static size_t part_bytes;
static struct record_read was_read;

static void
take_record(struct span record)
{
	enum record_type type = record_type_of(record);

	assert_true(record_check(ROLE_SESSION, ROLE_SCANNER, record, false));
	came[type]++;
	if (type == RECORD_PART_BYTES)
		part_bytes += record.len - sizeof(struct record_part_bytes);
	if (type == RECORD_READ)
		memcpy(&was_read, record.ptr, sizeof(was_read));
}

static void
scanner_turn(void)
{
	uint8_t batch[RECORD_BATCH_MAX];
	ssize_t n = recv(scanner, batch, sizeof(batch), MSG_DONTWAIT);
	struct cursor at = cursor_of(span_of(batch, n > 0 ? (size_t)n : 0));
	struct span record = {0};

	while (record_next(&at, &record))
		take_record(record);
	if (n <= 0 || record_type_of(record) != RECORD_REPLAY)
		return;
	memcpy(&asked, record.ptr, sizeof(asked));
	assert_true(asked.credit > 0 && asked.credit <= REPLAY_PIECE_MAX);
	assert_true(asked.offset <= stored_len);
	asks++;
	honest();
	if (spoil != NULL && spoil())
		return;
	reply.content.head =
	    record_head(RECORD_CONTENT, sizeof(reply.content) + reply_len);
	say(&reply, sizeof(reply.content) + reply_len);
}

/* --- what scanner_link.c calls ----------------------------------------------- */

/* The scanner's turn, and if nothing has come then the time is over. */
int
ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
    const sigset_t *mask)
{
	int ready;

	(void)mask;
	scanner_turn();
	ready = poll(fds, n, 0);
	if (ready == 0)
		now_ms += (uint64_t)timeout->tv_sec * 1000 +
			  (uint64_t)timeout->tv_nsec / 1000000 + 1;
	return ready;
}

bool
process_mta_send(struct span bytes)
{
	(void)bytes;
	progress++;
	return true;
}

static int
setup(void **state)
{
	int pair[2], tcp[2];

	(void)state;
	assert_true(channel_pair(pair));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, tcp), 0);
	scanner = pair[1];
	mta = tcp[1];
	now_ms = 1000000;
	progress = asks = 0;
	part_bytes = 0;
	memset(came, 0, sizeof(came));
	spoil = NULL;
	stored_len = sizeof(stored);
	for (size_t i = 0; i < sizeof(stored); i++)
		stored[i] = (uint8_t)(i * 31 + i / 251);
	link_use(&link_memory);
	link_init((struct wire_ends){tcp[0], pair[0]}, SCAN_TIMEOUT);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	close(link_memory.ends.scanner);
	close(link_memory.ends.mta);
	close(scanner);
	close(mta);
	return 0;
}

/* --- replay ------------------------------------------------------------------- */

static void
test_whole(void **state)
{
	static const size_t sizes[] = {0, 1, REPLAY_PIECE_MAX - 1,
	    REPLAY_PIECE_MAX, REPLAY_PIECE_MAX + 1, sizeof(stored)};
	struct span piece = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t at = 0;

		stored_len = sizes[i];
		asks = 0;
		while (process_replay(MESSAGE, at, &piece) == REPLAY_PIECE) {
			assert_memory_equal(stored + at, piece.ptr, piece.len);
			at += piece.len;
			assert_true(at <= stored_len);
		}
		assert_int_equal(at, stored_len);
		assert_int_equal(
		    process_replay(MESSAGE, at, &piece), REPLAY_END);
		assert_int_equal(asks,
		    (stored_len + REPLAY_PIECE_MAX - 1) / REPLAY_PIECE_MAX + 2);
	}
	assert_true(link_scanner_there());
}

/* Any place may be read again. */
static void
test_again(void **state)
{
	struct span piece = {0};

	(void)state;
	for (uint64_t at = 100000; at > 1; at /= 3) {
		assert_int_equal(
		    process_replay(MESSAGE, at, &piece), REPLAY_PIECE);
		assert_int_equal(asked.message, MESSAGE);
		assert_memory_equal(piece.ptr, stored + at, piece.len);
	}
}

static bool
others_first(void)
{
	say_plain(RECORD_YIELD);
	say_result(MESSAGE - 1, OUTCOME_CLEAN);
	say_plain(RECORD_DRAIN);
	return false;
}

/* What else the scanner may say meanwhile is heard. */
static void
test_others(void **state)
{
	struct span piece = {0};

	(void)state;
	spoil = others_first;
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_PIECE);
	assert_memory_equal(piece.ptr, stored, piece.len);
	assert_true(link_draining());
	assert_true(link_yields());
}

static bool
not_stored(void)
{
	reply.content = (struct record_content){.message = asked.message};
	reply_len = 0;
	return false;
}

static void
test_not_stored(void **state)
{
	struct span piece = {0};

	(void)state;
	spoil = not_stored;
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_NOT_STORED);
	assert_null(piece.ptr);
	assert_true(link_scanner_there());
}

/* --- a scanner that was taken over ---------------------------------------------- */

static bool
other_message(void)
{
	reply.content.message++;
	return false;
}

static bool
other_offset(void)
{
	reply.content.offset++;
	return false;
}

static bool
beyond_end(void)
{
	reply.content.size = reply.content.offset + reply_len - 1;
	return false;
}

static bool
behind_size(void)
{
	reply.content.size = reply.content.offset - 1;
	reply_len = 0;
	return false;
}

static bool
beyond_credit(void)
{
	reply_len = asked.credit + 1;
	return false;
}

static bool
empty_piece(void)
{
	reply_len = 0;
	return false;
}

static bool
other_stored(void)
{
	reply.content.stored = 2;
	return false;
}

static bool
bytes_of_nothing(void)
{
	reply.content.stored = 0;
	return false;
}

static bool
short_record(void)
{
	reply.content.head =
	    record_head(RECORD_CONTENT, sizeof(reply.content) - 1);
	say(&reply, sizeof(reply.content) - 1);
	return true;
}

static bool
other_type(void)
{
	struct record_plain r = {.head = record_head(RECORD_ABORT, sizeof(r))};

	say(&r, sizeof(r));
	return true;
}

static bool
empty_datagram(void)
{
	say("", 0);
	return true;
}

static bool
silence(void)
{
	return true;
}

static bool
result_again(void)
{
	say_result(MESSAGE, OUTCOME_CLEAN);
	return true;
}

static bool
leave(void)
{
	shutdown(scanner, SHUT_RDWR);
	return true;
}

static void
test_lies(void **state)
{
	static bool (*const lies[])(void) = {other_message, other_offset,
	    beyond_end, behind_size, beyond_credit, empty_piece, other_stored,
	    bytes_of_nothing, short_record, other_type, empty_datagram, silence,
	    result_again, leave};
	struct span piece = {0};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		uint64_t before = now_ms;

		print_message("lie %zu\n", i);
		/* Control: it is the lie. */
		assert_int_equal(
		    process_replay(MESSAGE, 5, &piece), REPLAY_PIECE);
		spoil = lies[i];
		assert_int_equal(
		    process_replay(MESSAGE, 5, &piece), REPLAY_FAILED);
		assert_false(link_scanner_there());
		assert_true(now_ms - before <= SCAN_TIMEOUT + 6000);
		/* And it stays so. */
		spoil = NULL;
		assert_int_equal(
		    process_replay(MESSAGE, 5, &piece), REPLAY_FAILED);
		teardown(state);
		setup(state);
	}
}

/* A slow scanner has its time. */
static void
test_patience(void **state)
{
	uint64_t before = now_ms;
	struct span piece = {0};

	(void)state;
	spoil = silence;
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_FAILED);
	assert_true(now_ms - before >= SCAN_TIMEOUT);
}

static void
test_mta_gone(void **state)
{
	struct span piece = {0};

	(void)state;
	spoil = silence;
	shutdown(mta, SHUT_RDWR);
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_FAILED);
	assert_true(now_ms < 1000000 + SCAN_TIMEOUT);
}

/* --- pieces that nobody asked for ------------------------------------------------ */

static enum outcome
scan(void)
{
	struct scan_result result;

	process_scan_end(MESSAGE, 0, OUTCOME_CLEAN, false, span_text("p"));
	process_scan_result(MESSAGE, &result);
	return result.outcome;
}

static void
say_piece(size_t len)
{
	reply.content = (struct record_content){.message = MESSAGE,
	    .stored = 1,
	    .size = len,
	    .head = record_head(RECORD_CONTENT, sizeof(reply.content) + len)};
	say(&reply, sizeof(reply.content) + len);
}

static void
test_unasked(void **state)
{
	static const size_t sizes[] = {0, 1, 200, 1000, REPLAY_PIECE_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		/* Control: a result alone. */
		say_result(MESSAGE, OUTCOME_CLEAN);
		assert_int_equal(scan(), OUTCOME_CLEAN);
		teardown(state);
		setup(state);
		say_piece(sizes[i]);
		say_result(MESSAGE, OUTCOME_CLEAN);
		assert_int_equal(scan(), OUTCOME_INTERNAL);
		assert_false(link_scanner_there());
		teardown(state);
		setup(state);
		say_piece(sizes[i]);
		link_read_scanner();
		assert_false(link_scanner_there());
		teardown(state);
		setup(state);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- readings ------------------------------------------------------------------- */

static const struct reading_object object = {"2", DECODING_BASE64_SKIP};

static void
begin_reading(void)
{
	process_scan_end(MESSAGE, 0, OUTCOME_CLEAN, true, span_text("p"));
}

static struct scan_result
result(void)
{
	struct scan_result r;

	process_scan_result(MESSAGE, &r);
	return r;
}

static void
send_part(size_t len)
{
	process_scan_part(&object);
	process_scan_part_bytes(span_of(stored, len));
	process_scan_part_end(true);
	scanner_turn();
}

/* Records in order, whatever their sizes; pieces between them. */
static void
test_reading(void **state)
{
	static const size_t sizes[] = {
	    0, 1, DIRECT_MIN, DIRECT_MIN + 1, RECORD_BATCH_MAX, sizeof(stored)};
	struct span piece = {0};
	size_t all = 0;

	(void)state;
	begin_reading();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		process_scan_part(&object);
		assert_int_equal(
		    process_replay(MESSAGE, 5, &piece), REPLAY_PIECE);
		for (size_t at = 0; at < sizes[i]; at += piece.len) {
			piece = span_of(stored + at, sizes[i] - at);
			if (piece.len > DIRECT_MIN)
				piece.len = DIRECT_MIN;
			process_scan_part_bytes(piece);
			scanner_turn();
		}
		process_scan_part_end(true);
		while (part_bytes < all + sizes[i])
			scanner_turn();
		all += sizes[i];
		scanner_turn();
	}
	process_scan_read(MESSAGE, READ_COMPLETE);
	scanner_turn();
	assert_int_equal(came[RECORD_END], 1);
	assert_int_equal(came[RECORD_PART], 6);
	assert_int_equal(came[RECORD_PART_END], 6);
	assert_int_equal(came[RECORD_READ], 1);
	assert_int_equal(was_read.message, MESSAGE);
	assert_int_equal(was_read.end, READ_COMPLETE);
	assert_int_equal(part_bytes, all);
	say_result(MESSAGE, OUTCOME_CLEAN);
	assert_int_equal(result().outcome, OUTCOME_CLEAN);
}

/* A piece stays while parts are sent. */
static void
test_piece_stays(void **state)
{
	struct span piece = {0};

	(void)state;
	begin_reading();
	assert_int_equal(process_replay(MESSAGE, 3, &piece), REPLAY_PIECE);
	send_part(30000);
	assert_memory_equal(piece.ptr, stored + 3, piece.len);
}

static bool
infected_first(void)
{
	struct record_result r = {.head = record_head(RECORD_RESULT, sizeof(r)),
	    .message = MESSAGE,
	    .outcome = OUTCOME_INFECTED,
	    .object = object};

	say(&r, sizeof(r));
	return false;
}

/* The result comes before all was read: the piece that was asked for is not
 * taken for anything, nothing more is asked, and READ is not sent. */
static void
test_early(void **state)
{
	struct scan_result r;
	struct span piece = {0};

	(void)state;
	begin_reading();
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_PIECE);
	spoil = infected_first;
	assert_int_equal(
	    process_replay(MESSAGE, piece.len, &piece), REPLAY_NEEDLESS);
	asks = 0;
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_NEEDLESS);
	assert_int_equal(asks, 0);
	process_scan_read(MESSAGE, READ_FAILED);
	r = result();
	assert_int_equal(r.outcome, OUTCOME_INFECTED);
	assert_string_equal(r.object.part, "2");
	scanner_turn();
	assert_int_equal(came[RECORD_READ], 0);
	assert_true(link_scanner_there());
	/* The next message is nobody's but its own. */
	spoil = NULL;
	say_result(MESSAGE, OUTCOME_TIMEOUT);
	assert_int_equal(scan(), OUTCOME_TIMEOUT);
}

/* One of another message is none. */
static void
test_early_other(void **state)
{
	struct span piece = {0};

	(void)state;
	begin_reading();
	spoil = others_first;
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_PIECE);
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_PIECE);
}

/* The MTA is told while it lasts, whatever it is that lasts; and it lasts no
 * longer than scan_timeout. */
static void
test_time(void **state)
{
	enum replay got;
	struct span piece = {0};
	uint64_t begun = now_ms;

	(void)state;
	begin_reading();
	while ((got = process_replay(MESSAGE, 0, &piece)) == REPLAY_PIECE)
		now_ms += 1000;
	assert_int_equal(got, REPLAY_LATE);
	assert_in_range(
	    now_ms, begun + SCAN_TIMEOUT, begun + SCAN_TIMEOUT + 100);
	assert_in_range(progress, 3, SCAN_TIMEOUT / PROGRESS_EVERY_MS);
	process_scan_read(MESSAGE, READ_LATE);
	scanner_turn();
	assert_int_equal(was_read.end, READ_LATE);
	assert_int_equal(result().outcome, OUTCOME_INTERNAL);
	assert_true(now_ms >= begun + SCAN_TIMEOUT + SCANNER_GRACE_MS);
	assert_true(now_ms < begun + SCAN_TIMEOUT + SCANNER_GRACE_MS + 5000);
}

/* A scanner that is silent in the middle. */
static void
test_reading_silent(void **state)
{
	struct span piece = {0};

	(void)state;
	begin_reading();
	spoil = silence;
	assert_int_equal(process_replay(MESSAGE, 0, &piece), REPLAY_FAILED);
	assert_true(progress > 2);
	assert_false(link_scanner_there());
	assert_int_equal(result().outcome, OUTCOME_INTERNAL);
}

/* A result that names no object that there can be is none. */
static void
test_odd_object(void **state)
{
	struct record_result r = {.head = record_head(RECORD_RESULT, sizeof(r)),
	    .message = MESSAGE,
	    .outcome = OUTCOME_INFECTED,
	    .object = {"2)", DECODING_AS_IS}};

	(void)state;
	say(&r, sizeof(r));
	assert_int_equal(scan(), OUTCOME_INTERNAL);
	teardown(state);
	setup(state);
	r.object = object;
	say(&r, sizeof(r));
	assert_int_equal(scan(), OUTCOME_INFECTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_whole),
	    T(test_again),
	    T(test_others),
	    T(test_not_stored),
	    T(test_lies),
	    T(test_patience),
	    T(test_mta_gone),
	    T(test_reading),
	    T(test_piece_stays),
	    T(test_early),
	    T(test_early_other),
	    T(test_time),
	    T(test_reading_silent),
	    T(test_odd_object),
	    T(test_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
