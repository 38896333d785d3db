/* SPDX-License-Identifier: ISC */
/*
 * What a clamd's OK is worth for a message with archives in it: what our own
 * look at the message (look.h) found, against what that clamd was measured to
 * look into (meter.h).
 */
#ifndef SCANNER_ARCHIVES_H
#define SCANNER_ARCHIVES_H

#include "scanner/look.h"

/* The message is whole, and that backend called it clean.  FINE: it looked
 * into all that can be known of.  *blind: there may be archives in the archives
 * of which nobody would say that they are too big. */
enum archive_fault archives_judge(struct look *, uint32_t backend, bool *blind);

#endif
