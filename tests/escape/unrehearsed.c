/* SPDX-License-Identifier: ISC */
/*
 * A start without a rehearsal: linked into the test program with
 * --wrap=rehearse.  A rehearsal is about filters, so where the directory's
 * name in argv[0] leaves that layer out (layers.c) there is nothing to rehearse.
 */
#include <stdlib.h>
#include <string.h>

#include "privsep/start/rehearse.h"
#include "sandbox/sandbox.h"

#define WORD "layers-"

bool __real_rehearse(const struct plan *, char *why, size_t size);
bool __wrap_rehearse(const struct plan *, char *why, size_t size);

static bool filtered = true;

__attribute__((constructor)) static void
unrehearsed_read(int argc, char **argv)
{
	const char *at = argc > 0 ? strstr(argv[0], WORD) : NULL;

	if (at != NULL)
		filtered = (strtoul(at + strlen(WORD), NULL, 16) &
			       LAYER_BIT(LAYER_SECCOMP)) != 0;
}

bool
__wrap_rehearse(const struct plan *plan, char *why, size_t size)
{
	return !filtered || __real_rehearse(plan, why, size);
}
