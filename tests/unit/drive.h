/* SPDX-License-Identifier: ISC */
/*
 * Driving an engine in tests: packets written as text, an input buffer, a
 * reader that feeds it in steps, and the replies as words.  One engine and one
 * input per program.  Include after cmocka.h.
 */
#ifndef TESTS_UNIT_DRIVE_H
#define TESTS_UNIT_DRIVE_H

#include <stdio.h>

#include "parser/milter/engine.h"
#include "parser/milter/milter.h"
#include "tests/unit/stub_process.h"

/* clang-format off */
struct packet_text {
	char command;
	const char *payload;
	size_t len;
};

/* One packet of a script; further strings for payloads with NULs. */
#define P(command, text)                                                       \
	{                                                                      \
		command, text, sizeof(text) - 1                                \
	}

/* Offers.  NR: what both MTAs send.  PLAIN: nothing but edits is granted, so
 * every command is answered.  The last is of a Postfix that is set to 2. */
#define O_NR	   P('O', "\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
#define O_PLAIN	   P('O', "\0\0\0\6\0\0\1\xff\0\0\0\1")
#define O_LEADSPC  P('O', "\0\0\0\6\0\0\1\xff\0\x10\0\1")
#define O_VERSION2 P('O', "\0\0\0\2\0\0\0\x3f\0\0\0\x7f")
#define O_NO_EDITS P('O', "\0\0\0\6\0\0\0\x0e\0\x1f\xff\xff")
#define O_ADD_ONLY P('O', "\0\0\0\6\0\0\0\1\0\x1f\xff\xff")

#define C4   P('C', "h.example\0" "4\0\x19" "192.0.2.1\0")
#define HELO P('H', "c.example\0")
#define MAIL P('M', "<a@b>\0SIZE=10\0")
#define RCPT P('R', "<c@d>\0")
#define DATA P('T', "")
#define SUBJ P('L', "Subject\0 x\0")
#define EOH  P('N', "")
#define BODY P('B', "hi\r\n")
#define EOM  P('E', "")
#define ABRT P('A', "")
#define QUIT P('Q', "")
#define NEXT P('K', "")
#define UNKN P('U', "FOO\0")

/* INSHEADER status first: the one sent last stands on top. */
#define CLEAN_EDITS                                                            \
	"i1 X-Virus-Status:Clean i1 X-Virus-Scanned:Pratique at mx.test c "
#define CLEAN_EDITS_SPC                                                        \
	"i1 X-Virus-Status: Clean i1 X-Virus-Scanned: Pratique at mx.test c "

/* clang-format on */

struct input {
	uint8_t bytes[256 * 1024];
	size_t len;
};

extern struct session_settings settings;
extern struct engine *engine;
extern struct input input;

/* Sets a text of the settings or of the stub's result. */
#define SET_TEXT(field, text) snprintf(field, sizeof(field), "%s", text)

/* cmocka's: settings with the usual dispositions (clean is accepted, infected
 * rejected, all else tempfailed), a fresh engine, a fresh stub. */
int drive_setup(void **state);
int drive_teardown(void **state);

#define DRIVE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, drive_setup, drive_teardown)

/* A fresh engine in dirty memory; keeps the stub's result and the settings. */
void restart(void);

void add(struct input *, const struct packet_text *);

/* Feeds the input in steps of step bytes, as a reader with a buffer would,
 * until the engine wants to close. */
enum engine_next feed(const struct input *, size_t step);

/* What was sent, as words: O for the answer to the offer; i and m with index
 * and NAME:VALUE; y and q with their text; all others by their letter. */
const char *render(void);

#endif
