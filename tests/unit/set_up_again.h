/* SPDX-License-Identifier: ISC */
/* For tests that set up again, for each test, what a process sets up once and
 * keeps to its end: that is no leak. */
#ifndef TESTS_UNIT_SET_UP_AGAIN_H
#define TESTS_UNIT_SET_UP_AGAIN_H

/* Asked by the address sanitizer, if there is one. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

#endif
