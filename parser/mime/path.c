/* SPDX-License-Identifier: ISC */
/* Paths; see path.h. */
#include "parser/mime/path.h"

#include <string.h>

#include "lib/ensure.h"

#define DIGITS_MAX 10

size_t
path_child(char *path, size_t room, size_t len, uint32_t n)
{
	char digit[DIGITS_MAX];
	size_t digits = 0;

	do {
		digit[DIGITS_MAX - ++digits] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	ensure(len < room && room - len > digits + 1);
	if (len > 0)
		path[len++] = '.';
	memcpy(path + len, digit + DIGITS_MAX - digits, digits);
	path[len + digits] = '\0';
	return len + digits;
}
