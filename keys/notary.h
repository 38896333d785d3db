/* SPDX-License-Identifier: ISC */
/*
 * Making and checking of stamps: what the monitor does with the two requests
 * of a scanner.  The only code that uses a key.
 *
 * It sees records of 216 bytes and a peer's number, and answers with a record
 * and a MAC, or with a reason.  It never hands out a MAC for a record that it
 * was asked to check.
 */
#ifndef KEYS_NOTARY_H
#define KEYS_NOTARY_H

#include "config/settings.h"
#include "keys/key_file.h"
#include "lib/stamp.h"

/* settings must stay. */
void notary_setup(const struct stamp_settings *settings);

/* request: digests, flags, engine and database, the rest zero.  now: seconds
 * since 1970.  On MADE record and mac are the finished stamp. */
enum stamp_answer notary_stamp(const uint8_t request[static STAMP_RECORD],
    uint64_t now, uint8_t record[static STAMP_RECORD],
    uint8_t mac[static STAMP_MAC]);

/* peer: index into the settings' peers.  STAMP_GOOD, or why not. */
enum stamp_reason notary_check(const uint8_t record[static STAMP_RECORD],
    const uint8_t mac[static STAMP_MAC], uint32_t peer, uint64_t now);

/* The MAC of a record; for tests and for notary_stamp. */
void notary_mac(const struct key *, const uint8_t record[static STAMP_RECORD],
    uint8_t mac[static STAMP_MAC]);

#endif
