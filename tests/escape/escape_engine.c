/* SPDX-License-Identifier: ISC */
/*
 * In place of the parser in a session of the test program: the first bytes on
 * the MTA's connection are the number of an attempt, five digits.  The first
 * says who tries it: 0 the session itself, 1 the scanner, which is sent the
 * other four, 2 nobody.  Everything around it, from the fork to the filter to this
 * call, is the real session's.
 */
#include "lib/fd_numbers.h"
#include "parser/milter/engine.h"

#include <unistd.h>

#include "parser/mail/process.h"
#include "privsep/ipc/record.h"
#include "tests/escape/attempt.h"

#define DIGITS 4

size_t
engine_size(void)
{
	return 1;
}

void
engine_init(struct engine *engine, const struct session_settings *settings)
{
	(void)engine;
	(void)settings;
}

void
attempt_say(const char *line, size_t len)
{
	(void)!write(SESSION_FD_MTA, line, len);
}

enum engine_next
engine_input(struct engine *engine, struct span in, size_t *used)
{
	size_t number;

	(void)engine;
	*used = in.len;
	if (in.len != 1 + DIGITS)
		return ENGINE_CLOSE;
	number = attempt_number(in.ptr + 1, DIGITS);
	if (number == SIZE_MAX)
		return ENGINE_CLOSE;
	if (in.ptr[0] == '0') {
		attempt_run(number);
		return ENGINE_CLOSE;
	}
	if (in.ptr[0] == '1')
		(void)!write(SESSION_FD_SCANNER, in.ptr + 1, DIGITS);
	return ENGINE_MORE; /* until the driver closes */
}

bool
engine_idle(const struct engine *engine)
{
	(void)engine;
	return true;
}

void
engine_close(struct engine *engine)
{
	(void)engine;
}
