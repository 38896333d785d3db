/* SPDX-License-Identifier: ISC */
/*
 * The session process: one per MTA connection, forked by the listener, which
 * is confined already.  It puts the last filter on, after which five system
 * calls are left to it, and serves the connection to its end.
 */
#ifndef PRIVSEP_FRONT_SESSION_PROCESS_H
#define PRIVSEP_FRONT_SESSION_PROCESS_H

#include <stdbool.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#include "config/settings.h"
#include "lib/span.h"

/* All memory that a session works with, made by the listener before it is
 * confined.  Forked sessions get their own copy page by page as they write,
 * so an idle one costs a few pages.  NULL with errno. */
struct session_area;
struct session_area *session_area_make(void);

/* Serves the MTA on descriptor mta, with records on descriptor scanner; ends
 * the process: 0 after a normal end, 1 if the filter could not be loaded.
 * parent: the listener, whose death ends the session. */
noreturn void session_main(struct session_area *, pid_t parent,
    const struct session_settings *, struct span filter, int mta, int scanner);

#endif
