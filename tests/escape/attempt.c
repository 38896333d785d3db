/* SPDX-License-Identifier: ISC */
/*
 * Trying one row of the tables; see attempt.h.  Runs in a session or a
 * scanner under all its layers: no library call that makes a system call.
 */
#include "tests/escape/attempt.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long monitor_pid;

/* Before anything is confined, in the process that the monitor started. */
__attribute__((constructor)) static void
attempt_remember(void)
{
	monitor_pid = getppid();
}

size_t
attempt_count(void)
{
	return attempt_table_rows + attempt_machine_rows;
}

const struct attempt *
attempt_get(size_t index)
{
	if (index < attempt_table_rows)
		return &attempt_table[index];
	return &attempt_machine[index - attempt_table_rows];
}

static void
say_number(const char *word, long value)
{
	char line[64];
	size_t at = sizeof(line);
	unsigned long rest =
	    value < 0 ? 0UL - (unsigned long)value : (unsigned long)value;
	size_t len = strlen(word);

	line[--at] = '\n';
	do
		line[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (value < 0)
		line[--at] = '-';
	line[--at] = ' ';
	at -= len;
	memcpy(line + at, word, len);
	attempt_say(line + at, sizeof(line) - at);
}

long
attempt_call(long number, const long argument[6])
{
	long given[6];

	for (size_t i = 0; i < 6; i++)
		given[i] =
		    argument[i] == MONITOR_PID ? monitor_pid : argument[i];
	say_number("call", number);
	return attempt_raw(number, given);
}

void
attempt_run(size_t index)
{
	const struct attempt *a = attempt_get(index);
	long value =
	    a->run != NULL ? a->run() : attempt_call(a->call, a->argument);

	if (value == 0 && (a->flags & FORKS) != 0)
		_exit(0);
	say_number("result", value);
}

size_t
attempt_number(const void *text, size_t len)
{
	const unsigned char *byte = text;
	size_t number = 0;

	for (size_t i = 0; i < len && i < 4; i++) {
		if (byte[i] < '0' || byte[i] > '9')
			return SIZE_MAX;
		number = 10 * number + (byte[i] - (size_t)'0');
	}
	return len > 0 && number < attempt_count() ? number : SIZE_MAX;
}
