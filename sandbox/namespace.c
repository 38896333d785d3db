/* SPDX-License-Identifier: ISC */
/*
 * Namespaces and root directory of listener and scanner; sessions inherit
 * both.
 *
 * A user namespace comes with the others: it is what makes them possible
 * without CAP_SYS_ADMIN, which the monitor has given up.  No id is mapped in
 * it, so that not even setuid to an own id is left.  It must come before
 * chroot: the kernel gives none to a process that is in one.  Where it is
 * refused, chroot still works with the CAP_SYS_CHROOT that the monitor kept.
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "sandbox/layer.h"

void
namespace_make(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	int flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;

	if (spec->empty_network)
		flags |= CLONE_NEWNET;
	/* All or nothing: the kernel undoes a part that it did. */
	if (unshare(flags) == -1) {
		layer_miss(report, LAYER_NAMESPACES, "refused", errno);
		if (spec->empty_network)
			layer_miss(report, LAYER_NETWORK, "refused", errno);
		return;
	}
	layer_hold(report, LAYER_NAMESPACES);
	if (spec->empty_network)
		layer_hold(report, LAYER_NETWORK);
}

void
namespace_root(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	if (spec->root[0] == '\0')
		return;
	if (spec->root[0] != '/') {
		layer_miss(report, LAYER_ROOT, "not an absolute path", 0);
		return;
	}
	if (chdir(spec->root) == -1)
		layer_miss(report, LAYER_ROOT, "chdir", errno);
	else if (chroot(".") == -1 || chdir("/") == -1)
		layer_miss(report, LAYER_ROOT, "chroot", errno);
	else
		layer_hold(report, LAYER_ROOT);
}
