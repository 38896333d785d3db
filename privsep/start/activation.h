/* SPDX-License-Identifier: ISC */
/*
 * Socket activation: listening sockets that a service manager opened for us
 * and handed over from descriptor 3 on, as sd_listen_fds(3) describes it
 * (LISTEN_PID, LISTEN_FDS).
 *
 * If there are any, they are all that is listened on: the service manager
 * decides about addresses, owners and modes, and the options listen,
 * socket_mode and socket_group have no effect.
 */
#ifndef PRIVSEP_START_ACTIVATION_H
#define PRIVSEP_START_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

/* Looks into the environment, which must not have been cleared yet, and closes
 * all descriptors but the standard ones and those sockets. */
void activation_init(void);

/* Puts the addresses of the sockets into config->listen in place of what
 * stands there, and the sockets into fds, non-blocking; without any it leaves
 * both alone.  *taken: there were some.  False, with what is wrong in why, if
 * one of them is no listening stream socket of a family that we know, or there
 * are too many. */
bool activation_take(struct config *, int fds[static CONFIG_LISTEN_MAX],
    bool *taken, char *why, size_t size);

#endif
