/* SPDX-License-Identifier: ISC */
/*
 * Both engines over the same conversation: ours, and Sendmail's libmilter in a
 * fresh process, since its table of states is one for all connections.  They
 * must send the same and ask the same of their host, but for the list in
 * tests/oracle/differences.c.
 *
 * Input: that of the conversation target; of its head only the outcome counts.
 * libmilter itself is not instrumented: what is explored is our engine.
 */
#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/mutator.h"
#include "tests/oracle/oracle_compare.h"

/* Built without sanitizers, whatever this program is built with. */
#define REFERENCE "build/oracle-libmilter"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	struct span head = {0}, input;
	struct scan_result result;
	struct moment last;
	const char *why;

	if (size > MUTATE_INPUT_MAX || !cursor_take(&c, MUTATE_HEAD, &head))
		return 0;
	if (compare_program == NULL)
		compare_setup(REFERENCE);
	result = compare_result(head.ptr[1]);
	input = fuzz_copy(cursor_rest(&c));
	NEED(compare(input, &result, &last, &why) != FAULT);
	free((void *)(uintptr_t)input.ptr);
	return 0;
}
