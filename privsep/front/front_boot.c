/* SPDX-License-Identifier: ISC */
/* The boot block of listener and sessions; see front_boot.h. */
#include "privsep/front/front_boot.h"

bool
front_boot_load(struct front_boot *out)
{
	struct span block = boot_load_parts(&boot_listener_shape), session;

	if (block.len == 0)
		return false;
	session = parts_get(block, LISTENER_PART_SESSION, 0);
	if (!parts_check(session, &boot_session_shape))
		return false;
	session = boot_copy(session);
	if (session.len == 0)
		return false;
	*out = (struct front_boot){
	    .listener = (const void *)block.ptr,
	    .filter = parts_get(block, LISTENER_PART_FILTER, 0),
	    .settings =
		&((const struct session_boot *)(const void *)session.ptr)
		     ->settings,
	    .session_filter = parts_get(session, SESSION_PART_FILTER, 0),
	};
	return true;
}
