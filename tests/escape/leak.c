/* SPDX-License-Identifier: ISC */
/*
 * A monitor that leaves its children a descriptor too many: linked into the
 * test program with --wrap=close_range, which is what takes all others away
 * from a child.  Only if the directory's name in argv[0] has "leaky" in it.
 */
#include <string.h>
#include <unistd.h>

#define LEAKED 300 /* above all that a child should have */

int __real_close_range(unsigned int first, unsigned int last, int flags);
int __wrap_close_range(unsigned int first, unsigned int last, int flags);

static int leaky;

__attribute__((constructor)) static void
leak_read(int argc, char **argv)
{
	leaky = argc > 0 && strstr(argv[0], "leaky") != NULL;
}

int
__wrap_close_range(unsigned int first, unsigned int last, int flags)
{
	int result = __real_close_range(first, last, flags);

	if (leaky && result == 0 && dup2(STDIN_FILENO, LEAKED) == -1)
		return -1;
	return result;
}
