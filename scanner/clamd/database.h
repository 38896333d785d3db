/* SPDX-License-Identifier: ISC */
/*
 * What there is to say about a clamd's database: its number and age in the log,
 * and whether an operator should look after it.  In the scanner.
 */
#ifndef SCANNER_CLAMD_DATABASE_H
#define SCANNER_CLAMD_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/log.h"
#include "scanner/clamd/version.h"

/* Its number and age, if clamd tells them. */
void database_add(struct log_line *, const struct version *);

/* Logs what is odd about it, and that it is another one than old, if there was
 * one. */
void database_judge(
    const char *backend, const struct version *, const struct version *old);

bool database_is_old(const struct version *, int64_t max_age_s);

#endif
