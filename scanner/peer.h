/* SPDX-License-Identifier: ISC */
/*
 * Channels from listeners: each brings the channels of new sessions, one per
 * CHANNEL record.  A retired listener's stays until its last session ends, so
 * there can be several.
 */
#ifndef SCANNER_PEER_H
#define SCANNER_PEER_H

#include <stdint.h>

/* Takes over a listener's channel. */
void peer_add(int fd);

/* The channel of that slot is readable. */
void peer_input(uint32_t index);

#endif
