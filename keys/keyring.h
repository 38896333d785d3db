/* SPDX-License-Identifier: ISC */
/*
 * The keyring: all keys of a directory, at most one of which stamps.  In the
 * monitor, and in pratique(8) for `key` and `verify`.
 *
 * It has two vaults: a ring is read into the one that is not in use
 * (keys/reader.h) and takes the place of the other whole, or not at all; the
 * loser is wiped.
 */
#ifndef KEYS_KEYRING_H
#define KEYS_KEYRING_H

#include <limits.h>

#include "keys/key_file.h"

#define KEYRING_MAX    64
#define KEYRING_WHY    (PATH_MAX + 512)
#define KEYRING_SUFFIX ".key"

struct keyring {
	uint32_t count;
	uint32_t stamping; /* index + 1; 0: none */
	struct key key[KEYRING_MAX];
};

/* What is in a vault.  Two processes may have it mapped. */
struct keyring_pages {
	struct keyring ring;
	char text[KEY_FILE_MAX + 1]; /* of the file being read; then zero */
	char why[KEYRING_WHY];	     /* what was wrong, if something was */
};

/* Initialises libsodium and makes the vaults; false with errno.  Once, before
 * the monitor's filter is on. */
bool keyring_setup(void);

/* The memory is memfd_secret's. */
bool keyring_is_secret(void);

/* The spare vault, empty, for whoever reads a ring into it. */
struct keyring_pages *keyring_begin(void);

/* The same pages for another process: their descriptor stays ours. */
int keyring_begin_elsewhere(void);

/* What was read takes the place of the ring in use if ok and if it holds
 * together; else false, and the ring in use stays.  why gets what is wrong. */
bool keyring_finish(bool ok, char *why, size_t size);

/* The ring in use, empty at first.  Valid until the next begin. */
const struct keyring *keyring_get(void);

/* The key that stamps, or NULL. */
const struct key *keyring_stamping(void);

/* The key of that id, or NULL. */
const struct key *keyring_find(const char *id);

/* Wipes both vaults. */
void keyring_wipe(void);

#endif
