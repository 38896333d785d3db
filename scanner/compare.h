/* SPDX-License-Identifier: ISC */
/*
 * The scanner's part of checking a stamp whose MAC is right: is its database
 * good enough here, and was it made for this message?  Pure.
 */
#ifndef SCANNER_COMPARE_H
#define SCANNER_COMPARE_H

#include "config/settings.h"
#include "lib/stamp.h"
#include "scanner/digest.h"

/* clamd's daily database; number 0: not known. */
struct database {
	uint32_t number;
	uint64_t time; /* seconds since 1970 */
};

/* What the message and this host are. */
struct compare {
	const struct stamp_settings *settings;
	const struct digests *digests;
	struct database own;
	uint64_t now;
};

/* The names that digests leave out here besides the built-in ones: those of
 * the settings and the stamp's own, in lower case in names. */
void compare_ignore(const struct stamp_settings *,
    char names[static SETTINGS_IGNORE_MAX + 1][FIELD_NAME_MAX],
    struct field_list *out);

/* STAMP_GOOD, or what differs.  tolerant: address digests may differ.  fault
 * is why, if the reason is STAMP_NOT_DIGESTIBLE. */
enum stamp_reason compare_stamp(const struct compare *, const struct stamp *,
    bool tolerant, enum digest_fault *fault);

#endif
