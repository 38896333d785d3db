/* SPDX-License-Identifier: ISC */
/*
 * What all fuzz targets share.  A target is one file fuzz/NAME.c with an
 * LLVMFuzzerTestOneInput that judges its parser by NEED, not only by whether
 * it crashes.  It is linked with libFuzzer, with AFL++'s driver, or with
 * kit/replay.c.
 */
#ifndef FUZZ_KIT_FUZZ_H
#define FUZZ_KIT_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/span.h"

/* An invariant; its violation is a finding. */
#define NEED(condition)                                             \
	do {                                                        \
		if (!(condition)) {                                 \
			fuzz_fault(#condition, __FILE__, __LINE__); \
			abort();                                    \
		}                                                   \
	} while (0)

/* libFuzzer's interface.  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says on standard error what was violated. */
void fuzz_fault(const char *what, const char *file, int line);

/* A copy on the heap, exactly as long, so that a sanitizer sees the first
 * byte that is read beyond it.  To be freed by the caller, ptr is never NULL. */
struct span fuzz_copy(struct span);

/* Choices, taken off the input; 0, or an empty span, when it is used up. */
uint8_t fuzz_u8(struct cursor *);
uint32_t fuzz_u32(struct cursor *);
/* One byte of length, then as many bytes as there are of it. */
struct span fuzz_bytes(struct cursor *);

bool fuzz_within(struct span inner, struct span outer);
bool fuzz_same(struct span, struct span);

#endif
