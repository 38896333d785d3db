/* SPDX-License-Identifier: ISC */
/* States of a key; see window.h.  No state, no I/O. */
#include "keys/window.h"

#define SHARE	  10 /* of the whole time */
#define SOON_MOST UINT64_C(2592000)

enum key_state
key_state(uint64_t from, uint64_t until, uint64_t now)
{
	uint64_t before = (until - from) / SHARE + 1;

	if (before > SOON_MOST)
		before = SOON_MOST;
	if (now < from)
		return KEY_NOT_YET;
	if (now > until)
		return KEY_EXPIRED;
	return until - now < before ? KEY_ENDS_SOON : KEY_VALID;
}

const char *
key_state_name(enum key_state state)
{
	static const char *const names[] = {[KEY_VALID] = "valid",
	    [KEY_ENDS_SOON] = "ends-soon",
	    [KEY_EXPIRED] = "expired",
	    [KEY_NOT_YET] = "not-yet"};

	return state <= KEY_NOT_YET ? names[state] : "unknown";
}
