/* SPDX-License-Identifier: ISC */
/*
 * The pid file that was left behind: privsep/start/pid_file.c.
 *
 * What is taken for a number is what is left of the text without its last byte,
 * a line end, and has nothing but digits in it.
 */
#include "privsep/start/pid_file.h"

#include "fuzz/kit/fuzz.h"

static bool
is_number_line(struct span text)
{
	static const char digits[] = "0123456789";

	if (text.len < 2 || text.ptr[text.len - 1] != '\n')
		return false;
	for (size_t i = 0; i < text.len - 1; i++) {
		if (memchr(digits, text.ptr[i], sizeof(digits) - 1) == NULL)
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_copy(span_of(data, size));
	struct span number = pid_file_number(text);

	NEED((number.len > 0) == is_number_line(text));
	if (number.len > 0)
		NEED(number.ptr == text.ptr && number.len == text.len - 1);
	free((void *)(uintptr_t)text.ptr);
	return 0;
}
