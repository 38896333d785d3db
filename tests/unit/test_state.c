/* SPDX-License-Identifier: ISC */
/* The state machine: parser/milter/state.c against an independent matrix. */
#include "parser/milter/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char commands[] = "ODCHMRTULNBEAKQ";

/* For each state and command of the line above: the state that follows, '-' if
 * the command is illegal.  Letters: the last command of a message (M R T L N
 * B, E for EOM), r(eady), s(ession), v (session over), x (closed). */
static const struct {
	enum state from;
	const char *to;
} matrix[] = {
    /*                 ODCHMRTULNBEAKQ */
    {STATE_START, "r-------------x"},
    {STATE_READY, "-rssM--r----rrx"},
    {STATE_SESSION, "-s-sM--s----srx"},
    {STATE_MAIL, "-M-sMR-M----srx"},
    {STATE_RCPT, "-R-sMRTRLN--srx"},
    {STATE_DATA, "-T-sM---LN--srx"},
    {STATE_HEADER, "-L-sM---LN--srx"},
    {STATE_EOH, "-N-sM-----BEsrx"},
    {STATE_BODY, "-B-sM-----BEsrx"},
    {STATE_EOM, "---------------"},
    {STATE_OVER, "-v----------vrx"},
    {STATE_CLOSED, "---------------"},
};

static char
letter(enum state s)
{
	switch (s) {
	case STATE_START:
		return 'o';
	case STATE_READY:
		return 'r';
	case STATE_SESSION:
		return 's';
	case STATE_MAIL:
		return 'M';
	case STATE_RCPT:
		return 'R';
	case STATE_DATA:
		return 'T';
	case STATE_HEADER:
		return 'L';
	case STATE_EOH:
		return 'N';
	case STATE_BODY:
		return 'B';
	case STATE_EOM:
		return 'E';
	case STATE_OVER:
		return 'v';
	case STATE_CLOSED:
		return 'x';
	case STATE_SAME:
		break;
	}
	return '?';
}

static void
check(size_t i, size_t j, uint32_t flags, char want)
{
	struct state_machine m = {.now = matrix[i].from, .flags = flags};
	const struct state_row *row = state_row((uint8_t)commands[j]);
	bool open = strchr("MRTLNBE", letter(m.now)) != NULL;

	assert_non_null(row);
	assert_int_equal(state_open(&m), open);
	assert_int_equal(state_legal(&m, row), want != '-');
	if (want == '-')
		return;
	assert_int_equal(
	    state_step(&m, row), open && strchr("HMAKQ", commands[j]) != NULL);
	if (letter(m.now) != want)
		fail_msg("state %c, command %c: %c", letter(matrix[i].from),
		    commands[j], letter(m.now));
}

static void
test_matrix(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
		for (size_t j = 0; j < strlen(commands); j++)
			check(i, j, 0, matrix[i].to[j]);
	}
}

/* With NOEOH granted, B and E may follow R, T and L. */
static void
test_no_eoh(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
		for (size_t j = 0; j < strlen(commands); j++) {
			char want = matrix[i].to[j];

			if (strchr("RTL", letter(matrix[i].from)) != NULL &&
			    strchr("BE", commands[j]) != NULL)
				want = commands[j];
			check(i, j, MILTER_P_NOEOH, want);
		}
	}
}

/* A verdict ends the message, or at CONNECT and HELO the session, whatever the
 * MTA sends next. */
static void
test_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < strlen(commands); i++) {
		const struct state_row *row = state_row((uint8_t)commands[i]);
		struct state_machine m = {.now = row->next};
		enum state want = strchr("CH", commands[i]) != NULL ? STATE_OVER
				  : strchr("MRTLNBE", commands[i]) != NULL
				      ? STATE_SESSION
				      : row->next;

		state_verdict(&m, row);
		assert_int_equal(m.now, want);
	}
}

/* Nothing opens it again. */
static void
test_closed(void **state)
{
	struct state_machine m = {.now = STATE_BODY};

	(void)state;
	state_close(&m);
	assert_int_equal(m.now, STATE_CLOSED);
	for (size_t i = 0; commands[i] != '\0'; i++) {
		assert_false(state_step(&m, state_row((uint8_t)commands[i])));
		assert_int_equal(m.now, STATE_CLOSED);
	}
}

static void
test_unknown_bytes(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		bool known = byte != 0 && strchr(commands, (int)byte) != NULL;

		assert_int_equal(state_row((uint8_t)byte) != NULL, known);
	}
}

/* A reply is due unless the NR flag of this very command was granted. */
static void
test_replies(void **state)
{
	static const struct {
		char command;
		uint32_t no_reply;
	} rows[] = {{'O', 0}, {'C', MILTER_P_NR_CONN}, {'H', MILTER_P_NR_HELO},
	    {'M', MILTER_P_NR_MAIL}, {'R', MILTER_P_NR_RCPT},
	    {'T', MILTER_P_NR_DATA}, {'U', MILTER_P_NR_UNKN},
	    {'L', MILTER_P_NR_HDR}, {'N', MILTER_P_NR_EOH},
	    {'B', MILTER_P_NR_BODY}, {'E', 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct state_machine m = {
		    .flags = 0x1fffffU & ~rows[i].no_reply};
		const struct state_row *row =
		    state_row((uint8_t)rows[i].command);

		assert_true(state_replies(&m, row));
		m.flags = rows[i].no_reply;
		assert_int_equal(state_replies(&m, row), m.flags == 0);
	}
	for (const char *c = "DAKQ"; *c != '\0'; c++) {
		struct state_machine m = {.flags = 0};

		assert_false(state_replies(&m, state_row((uint8_t)*c)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_matrix),
	    cmocka_unit_test(test_no_eoh),
	    cmocka_unit_test(test_verdict),
	    cmocka_unit_test(test_closed),
	    cmocka_unit_test(test_unknown_bytes),
	    cmocka_unit_test(test_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
