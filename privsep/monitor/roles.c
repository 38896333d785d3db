/* SPDX-License-Identifier: ISC */
/* The table of roles; see roles.h.  Data only. */
#include "privsep/monitor/roles.h"

const struct role_row roles[ROLES_MAX] = {
    [ROLE_LISTENER] = {.name = "listener",
	.uses = ROLE_BIT(ROLE_SCANNER),
	.retire = RECORD_RETIRE},
    [ROLE_SCANNER] = {.name = "scanner",
	.retire = RECORD_STOP,
	.sees_directories = true},
};
