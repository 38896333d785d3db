/* SPDX-License-Identifier: ISC */
/*
 * The session logic (parser/mail/session.h) behind Sendmail's libmilter: one
 * callback for each event, edits and verdict by the library's functions.
 *
 * The callbacks of one connection come one after the other, but in threads that
 * change.  Each names the connection's side of the process first (threads.h),
 * so that what the session logic asks of its process finds the right one.
 */
#ifndef LIBMILTER_CALLBACKS_H
#define LIBMILTER_CALLBACKS_H

#include <libmilter/mfapi.h>

#include "config/settings.h"

/* Hands everything to libmilter; returns, with false, only when it gives up.
 * address: as smfi_setconn takes it. */
bool callbacks_run(const struct session_settings *, const char *address);

#endif
