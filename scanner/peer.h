/* SPDX-License-Identifier: ISC */
/*
 * Channels from listeners: each brings the channels of new sessions, one per
 * CHANNEL record.  A retired listener's stays until its last session ends, so
 * there can be several.
 *
 * When a channel is closed the monitor hears why: because the listener closed
 * it, or because of a record that must not be.  What then becomes of the
 * listener is for the monitor to say.
 */
#ifndef SCANNER_PEER_H
#define SCANNER_PEER_H

#include <stdint.h>

#include "config/settings.h"

#define PEERS_MAX 64 /* one at work; retired ones wait for their sessions */

/* Before lockdown. */
void peer_setup(const struct scanner_settings *);

/* Takes over a listener's channel; link is its number, from the monitor. */
void peer_add(int fd, uint32_t link);

/* The listener of that channel takes no more connections: it may still bring
 * those that it has, for as long as it may have them. */
void peer_retire(uint32_t link);

/* The listener of that channel has ended, and its sessions with it. */
void peer_gone(uint32_t link);

/* The channel of that slot is readable. */
void peer_input(uint32_t index);

#endif
