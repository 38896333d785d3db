/* SPDX-License-Identifier: ISC */
/*
 * Reading key files into a ring.  In the key reader (keys/keys.c), which does
 * it for the monitor, and in pratique(8).
 *
 * Whatever is wrong with a single file is a reason to take none.
 */
#ifndef KEYS_READER_H
#define KEYS_READER_H

#include "keys/keyring.h"

/* Reads every file of dir whose name ends in ".key".  stamping: id that the
 * stamping key must have, "" for any; must_stamp: there has to be one.  False
 * with what is wrong in pages->why.  Opens files to read only. */
bool reader_dir(struct keyring_pages *pages, const char *dir,
    const char *stamping, bool must_stamp);

/* Both for this process itself: they become the ring in use.  False with what
 * is wrong in why, and the ring in use stays. */
bool reader_load(const char *dir, const char *stamping, bool must_stamp,
    char *why, size_t size);
bool reader_load_files(char *const *file, size_t files, char *why, size_t size);

#endif
