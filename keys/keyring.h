/* SPDX-License-Identifier: ISC */
/*
 * The keyring: all keys of a directory, at most one of which stamps.  In the
 * monitor, and in pratique(8) for `key` and `verify`.
 *
 * It has two vaults: a ring is read into the one that is not in use and takes
 * the place of the other whole, or not at all; the loser is wiped.  Whatever
 * is wrong with a single file is a reason to keep the ring that there is.
 */
#ifndef KEYS_KEYRING_H
#define KEYS_KEYRING_H

#include "keys/key_file.h"

#define KEYRING_MAX    64
#define KEYRING_SUFFIX ".key"

struct keyring {
	uint32_t count;
	uint32_t stamping; /* index; KEYRING_MAX: none */
	struct key key[KEYRING_MAX];
};

/* Initialises libsodium and makes the vaults; false with errno.  Once, before
 * the monitor's filter is on. */
bool keyring_setup(void);

/* The memory is memfd_secret's. */
bool keyring_is_secret(void);

/* Reads every file of dir whose name ends in ".key" and puts them in place of
 * the ring in use.  stamping: id that the stamping key must have, "" for any;
 * must_stamp: there has to be one.  False with what is wrong in why, and the
 * ring in use stays.  Opens files to read only: works under the filter. */
bool keyring_load(const char *dir, const char *stamping, bool must_stamp,
    char *why, size_t size);

/* The same with files given one by one, for pratique(8). */
bool keyring_load_files(
    char *const *file, size_t files, char *why, size_t size);

/* The ring in use, empty at first.  Valid until the next load. */
const struct keyring *keyring_get(void);

/* The key of that id, or NULL. */
const struct key *keyring_find(const char *id);

/* Wipes both vaults. */
void keyring_wipe(void);

#endif
