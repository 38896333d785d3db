/* SPDX-License-Identifier: ISC */
/*
 * Additional rows of the monitor's table if the sockets of clamds are in
 * several directories: the scanner binds them into its root directory, in a
 * mount namespace of its own and before its own filter, and filters only ever
 * add up (namespace.c).  The monitor itself has no capability to mount.
 */
#include <sys/mount.h>

#include "sandbox/layer.h"

static const struct policy_row more[] = {
    {"mount", .check = {IS(2, 0), IS(3, MS_BIND), IS(4, 0)},
	.reason = "scanner: directories of clamds, bound into its root"},
};

const struct policy policy_monitor_binds = {
    .role = "monitor, clamds in several directories",
    .row = more,
    .rows = sizeof(more) / sizeof(more[0]),
    .base = &policy_monitor,
};
