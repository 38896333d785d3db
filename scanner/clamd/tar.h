/* SPDX-License-Identifier: ISC */
/*
 * Headers of tar archives (POSIX 1003.1), in blocks of 512 bytes, for what
 * clamd is asked to unpack.  Pure.
 */
#ifndef SCANNER_CLAMD_TAR_H
#define SCANNER_CLAMD_TAR_H

#include <stdint.h>

#define TAR_BLOCK 512

/* A regular file; what there is more to say of the next one. */
#define TAR_FILE '0'
#define TAR_MORE 'x'

/* name below 100 bytes, size below 8 GiB. */
void tar_header(
    uint8_t block[TAR_BLOCK], char type, const char *name, uint64_t size);

#endif
