/* SPDX-License-Identifier: ISC */
/*
 * Times in unit tests, longer on slow machines: tests/system/kit/pace.py
 * says by what, in the environment; without it a fork is measured.
 */
#ifndef TESTS_UNIT_PACE_H
#define TESTS_UNIT_PACE_H

/* As many milliseconds here as ms are on a machine of the factor 1. */
int paced_ms(int ms);

#endif
