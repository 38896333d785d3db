/* SPDX-License-Identifier: ISC */
/*
 * clamd's replies: scanner/clamd/reply.c.  Every form that a real clamd was seen to
 * send, forms that must never be taken for clean, and every truncation of
 * them.
 */
#include "scanner/clamd/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

#define CLEAN	 OUTCOME_CLEAN
#define INFECTED OUTCOME_INFECTED
#define TOO_BIG	 OUTCOME_TOO_BIG
#define LIMIT	 OUTCOME_LIMITS_EXCEEDED
#define ERROR	 OUTCOME_CLAMD_ERROR

static const struct row {
	enum reply_form form;
	const char *in;
	size_t len;
	enum outcome outcome;
	const char *word; /* the name, or for ERROR the category */
} rows[] = {
    {REPLY_FD, BYTES("fd[11]: OK\0"), CLEAN, ""},
    {REPLY_FD, BYTES("fd[0]: OK\0"), CLEAN, ""},
    {REPLY_FD, BYTES("fd[1048576]: OK\0"), CLEAN, ""},
    {REPLY_STREAM, BYTES("stream: OK\0"), CLEAN, ""},

    {REPLY_FD, BYTES("fd[11]: Testmark.Quoximble.UNOFFICIAL FOUND\0"), INFECTED,
	"Testmark.Quoximble.UNOFFICIAL"},
    {REPLY_STREAM, BYTES("stream: Heuristics.Encrypted.Zip FOUND\0"), INFECTED,
	"Heuristics.Encrypted.Zip"},
    {REPLY_FD, BYTES("fd[1]: Has Space In Name FOUND\0"), INFECTED,
	"Has Space In Name"},
    {REPLY_FD, BYTES("fd[1]: X FOUND FOUND\0"), INFECTED, "X FOUND"},
    {REPLY_FD, BYTES("fd[1]: X OK FOUND\0"), INFECTED, "X OK"},
    {REPLY_FD, BYTES("fd[1]: OK FOUND\0"), INFECTED, "OK"},
    {REPLY_FD, BYTES("fd[1]: a: b ERROR FOUND\0"), INFECTED, "a: b ERROR"},
    {REPLY_FD, BYTES("fd[1]: {HEX}php.cmdshell.unclassed.1 FOUND\0"), INFECTED,
	"{HEX}php.cmdshell.unclassed.1"},
    {REPLY_FD, BYTES("fd[1]: \xc3\xa9\t\r\033[0m\a FOUND\0"), INFECTED,
	"\xc3\xa9\t\r\033[0m\a"},
    {REPLY_FD, BYTES("fd[1]: quote\"'\\<>&%s%n FOUND\0"), INFECTED,
	"quote\"'\\<>&%s%n"},
    {REPLY_FD, BYTES("fd[1]: Phish.UNOFFICIAL.UNOFFICIAL FOUND\0"), INFECTED,
	"Phish.UNOFFICIAL.UNOFFICIAL"},

    /* A limit is no virus, a signature called so is one. */
    {REPLY_FD, BYTES("fd[1]: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"),
	LIMIT, "Heuristics.Limits.Exceeded.MaxFileSize"},
    {REPLY_STREAM, BYTES("stream: Heuristics.Limits.Exceeded FOUND\0"), LIMIT,
	"Heuristics.Limits.Exceeded"},
    {REPLY_FD, BYTES("fd[1]: Heuristics.Limits.Exceeded.A.UNOFFICIAL FOUND\0"),
	INFECTED, "Heuristics.Limits.Exceeded.A.UNOFFICIAL"},
    {REPLY_FD, BYTES("fd[1]: Heuristics.Limits.ExceededX FOUND\0"), INFECTED,
	"Heuristics.Limits.ExceededX"},
    {REPLY_FD, BYTES("fd[1]: My.Heuristics.Limits.Exceeded.A FOUND\0"),
	INFECTED, "My.Heuristics.Limits.Exceeded.A"},
    {REPLY_STREAM, BYTES("INSTREAM size limit exceeded. ERROR\0"), TOO_BIG, ""},

    {REPLY_FD, BYTES("fd[11]: Can't create temporary directory ERROR\0"), ERROR,
	"scan-error"},
    {REPLY_FD, BYTES("fd[11]: Not a regular file ERROR\0"), ERROR,
	"scan-error"},
    {REPLY_FD, BYTES("No file descriptor received. ERROR\0"), ERROR,
	"request-error"},
    {REPLY_FD, BYTES("INSTREAM size limit exceeded. ERROR\0"), ERROR,
	"request-error"},
    {REPLY_STREAM, BYTES("INSTREAM size limit exceeded. ERROR\0\0"), ERROR,
	"grammar"},
    {REPLY_STREAM, BYTES("Error writing to temporary file ERROR\0"), ERROR,
	"request-error"},
    {REPLY_STREAM, BYTES("Error writing to temporary file ERROR\0stream: OK\0"),
	ERROR, "grammar"},
    {REPLY_FD,
	BYTES("PROTOCOL ERROR: ancillary data sent without FILDES. ERROR\0"
	      "Error processing command. ERROR\0"),
	ERROR, "grammar"},
    {REPLY_FD, BYTES("UNKNOWN COMMAND\0"), ERROR, "unknown-command"},
    {REPLY_FD, BYTES("COMMAND READ TIMED OUT\n"), ERROR, "read-timeout"},
    {REPLY_FD, BYTES("COMMAND UNAVAILABLE\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("PONG\0"), ERROR, "grammar"},

    /* Nothing but the exact string is clean. */
    {REPLY_FD, BYTES(""), ERROR, "no-reply"},
    {REPLY_FD, BYTES("\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: OK"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: OK\n"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: OK\n\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: OK \0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]:  OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: ok\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: X OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[1a]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[-1]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES(" fd[11]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("FD[11]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("1: fd[11]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: OK\0\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: OK\0fd[11]: OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("1: fd[11]: OK\0fd[12]: X FOUND\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: \0OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("stream: OK\0"), ERROR, "grammar"},
    {REPLY_STREAM, BYTES("fd[11]: OK\0"), ERROR, "grammar"},
    {REPLY_STREAM, BYTES("stream: OK\0x"), ERROR, "grammar"},
    {REPLY_STREAM, BYTES("stream:OK\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]:  FOUND\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: FOUND\0"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: X FOUND"), ERROR, "grammar"},
    {REPLY_FD, BYTES("fd[11]: X\0Y FOUND\0"), ERROR, "grammar"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* On the heap at its exact size, so that the address sanitizer sees reads
 * beyond it. */
static struct reply
parse(const struct row *row, size_t len, enum reply_end end, char **copy)
{
	*copy = malloc(len > 0 ? len : 1);
	assert_non_null(*copy);
	memcpy(*copy, row->in, len);
	return reply_parse(row->form, span_of(*copy, len), end);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		char *copy;
		struct reply r = parse(&rows[i], rows[i].len, REPLY_EOF, &copy);

		print_message("row %zu\n", i);
		assert_int_equal(r.outcome, rows[i].outcome);
		if (rows[i].outcome == ERROR) {
			assert_string_equal(
			    reply_fault_text(r.fault), rows[i].word);
		} else {
			assert_int_equal(r.name.len, strlen(rows[i].word));
			if (r.name.len > 0)
				assert_memory_equal(
				    r.name.ptr, rows[i].word, r.name.len);
		}
		free(copy);
	}
}

static void
test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t len = 0; len < rows[i].len; len++) {
			char *copy;
			struct reply r = parse(&rows[i], len, REPLY_EOF, &copy);
			bool whole = len > 0 && copy[len - 1] == '\0';

			/* only what ends in a NUL can be a verdict at all */
			if (!whole)
				assert_int_equal(r.outcome, ERROR);
			if (r.outcome == CLEAN)
				assert_true(
				    memcmp(copy + len - 5, ": OK", 5) == 0);
			free(copy);
		}
	}
}

/* The connection did not end as it should. */
static void
test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		bool clean = rows[i].outcome == CLEAN;
		bool limit =
		    rows[i].outcome == TOO_BIG && rows[i].word[0] == '\0';
		char *copy;
		struct reply r =
		    parse(&rows[i], rows[i].len, REPLY_RESET, &copy);

		assert_int_equal(r.outcome, clean ? ERROR : rows[i].outcome);
		free(copy);
		r = parse(&rows[i], rows[i].len, REPLY_CUT, &copy);
		assert_int_equal(r.outcome, limit ? TOO_BIG : ERROR);
		free(copy);
		r = parse(&rows[i], rows[i].len, REPLY_OVERFLOW, &copy);
		assert_int_equal(r.outcome, ERROR);
		free(copy);
	}
}

/* No byte of the clean reply can be another one. */
static void
test_every_byte_counts(void **state)
{
	uint8_t clean[] = "fd[11]: OK";

	(void)state;
	for (size_t at = 0; at < sizeof(clean); at++) {
		uint8_t was = clean[at];

		for (int byte = 0; byte < 256; byte++) {
			struct reply r;
			bool digit =
			    (at == 3 || at == 4) && byte >= '0' && byte <= '9';

			clean[at] = (uint8_t)byte;
			r = reply_parse(
			    REPLY_FD, span_of(clean, sizeof(clean)), REPLY_EOF);
			assert_int_equal(
			    r.outcome == CLEAN, digit || byte == was);
		}
		clean[at] = was;
	}
}

static void
test_long_name(void **state)
{
	static uint8_t reply[REPLY_MAX];
	static const char front[] = "fd[11]: ", back[] = " FOUND";
	struct reply r;

	(void)state;
	memset(reply, 'n', sizeof(reply));
	memcpy(reply, front, sizeof(front) - 1);
	memcpy(reply + sizeof(reply) - sizeof(back), back, sizeof(back));
	r = reply_parse(REPLY_FD, span_of(reply, sizeof(reply)), REPLY_EOF);
	assert_int_equal(r.outcome, INFECTED);
	assert_int_equal(
	    r.name.len, sizeof(reply) - (sizeof(front) - 1) - sizeof(back));
}

static void
test_pong(void **state)
{
	(void)state;
	assert_true(reply_is_pong(span_of("PONG\0x", 5), REPLY_EOF));
	assert_false(reply_is_pong(span_of("PONG\0x", 5), REPLY_RESET));
	assert_false(reply_is_pong(span_of("PONG\0x", 5), REPLY_CUT));
	assert_false(reply_is_pong(span_of("PONG\0x", 6), REPLY_EOF));
	assert_false(reply_is_pong(span_of("PONG\n", 5), REPLY_EOF));
	assert_false(reply_is_pong(span_of("PONG", 4), REPLY_EOF));
	assert_false(reply_is_pong(span_of("", 0), REPLY_EOF));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_every_byte_counts),
	    cmocka_unit_test(test_long_name),
	    cmocka_unit_test(test_pong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
