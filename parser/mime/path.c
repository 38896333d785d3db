/* SPDX-License-Identifier: ISC */
/* Paths; see path.h. */
#include "parser/mime/path.h"

#include <stdio.h>

#include "lib/ensure.h"

size_t
path_child(char *path, size_t room, size_t len, uint32_t n)
{
	int written;

	ensure(len < room);
	written =
	    snprintf(path + len, room - len, "%s%u", len > 0 ? "." : "", n);
	ensure(written > 0 && (size_t)written < room - len);
	return len + (size_t)written;
}
