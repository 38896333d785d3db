/* SPDX-License-Identifier: ISC */
/*
 * The words of the MIME reader, for `pratique mime --list` and docs/mime.md.
 */
#ifndef CLI_MIME_WORDS_H
#define CLI_MIME_WORDS_H

#include <stdio.h>

/* A line for each: "anomaly CLASS NAME TEXT", "kind CLASS NAME", "limit NUMBER
 * TEXT". */
void mime_words_print(FILE *);

#endif
