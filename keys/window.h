/* SPDX-License-Identifier: ISC */
/*
 * Where a time stands in a key's window.  Whoever stamps is to learn that the
 * key will end before it has: in the last tenth of its time, or 30 days before
 * if that is later.  Pure; times are seconds since 1970.
 */
#ifndef KEYS_WINDOW_H
#define KEYS_WINDOW_H

#include <stdint.h>

enum key_state { KEY_VALID, KEY_ENDS_SOON, KEY_EXPIRED, KEY_NOT_YET };

/* from and until are within. */
enum key_state key_state(uint64_t from, uint64_t until, uint64_t now);

/* "valid", "ends-soon", "expired", "not-yet". */
const char *key_state_name(enum key_state);

#endif
