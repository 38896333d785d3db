/* SPDX-License-Identifier: ISC */
/*
 * Log lines about scans that end without a verdict, beside the line of the
 * message itself (report.h).
 */
#ifndef SCANNER_NOVERDICT_H
#define SCANNER_NOVERDICT_H

#include <stdint.h>

#include "lib/outcome.h"
#include "lib/span.h"

/* A message is put off because an earlier one like it ended as outcome. */
void noverdict_remembered(uint64_t size, enum outcome outcome);

/* A clamd answered, with no verdict; why is one of our words. */
void noverdict_answer(uint32_t backend, const char *why, struct span reply);

#endif
