/* SPDX-License-Identifier: ISC */
/*
 * The list of differences between the native engine and libmilter that are
 * meant to be, each with its reason; docs/oracle.md is printed from it.  Any
 * other difference is a fault of ours.
 */
#ifndef TESTS_ORACLE_DIFFERENCES_H
#define TESTS_ORACLE_DIFFERENCES_H

#include <stdio.h>

#include "tests/oracle/engines.h"

/* The native engine closed for this packet (why: engine_why), and libmilter
 * did not: it obeyed, or nothing shows.  Counts the difference; false: it is
 * not on the list. */
bool difference_refused(const char *why, const struct moment *, bool obeyed);

/* Legal packets that libmilter is known to treat otherwise from here on. */
bool difference_accepted(const struct moment *);

/* Counts one that shows in the queue id of the log alone. */
void difference_queue_id(void);

/* The rows as a Markdown table, with their counts. */
void differences_print(FILE *);

/* The number of rows that were not counted once. */
size_t differences_unseen(void);

/* Whether text holds all rows, whatever their counts. */
bool differences_in(const char *text);

#endif
