/* SPDX-License-Identifier: ISC */
/*
 * Inside sandbox/ only: the layers one by one, how they report, and the words
 * in which policy rows are written.
 *
 * Each layer function does its work for the calling process and either marks
 * the layer as held or says in the report what is missing and why.  None of
 * them returns an error: sandbox_enter decides by the report alone.  The order
 * matters; it is in enter.c.
 */
#ifndef SANDBOX_LAYER_H
#define SANDBOX_LAYER_H

#include <linux/audit.h>
#include <sys/prctl.h>

#include "sandbox/policy.h"
#include "sandbox/spec.h"

/* Linux 6.3; the headers may be older than the kernel. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE		 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* --- report ------------------------------------------------------------- */

void layer_hold(struct sandbox_report *, enum layer);

/* Appends "layer: what (ERROR); ".  error: an errno, or 0 if there is none.  A
 * layer that holds still holds. */
void layer_miss(
    struct sandbox_report *, enum layer, const char *what, int error);

/* Appends the names of layers that were required and do not hold. */
void layer_required(struct sandbox_report *, uint32_t layers);

/* --- every process ------------------------------------------------------ */

/* Besides limits, and ids where there was root. */
#define MANDATORY                                                        \
	(LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_NO_NEW_PRIVS) | \
	    LAYER_BIT(LAYER_NOT_DUMPABLE))

/* Not dumpable, and ended with its parent (0: it has none).  Credential
 * changes reset both, so they are set at the start and again at the end. */
bool sandbox_private(pid_t parent);

/* The second half of it alone, which no fork hands down; the first is. */
bool sandbox_mortal(pid_t parent);

/* Those, for the report. */
void sandbox_hide(struct sandbox_report *);

/* no_new_privs and MDWE. */
void sandbox_no_gain(struct sandbox_report *);

/* --- layers ------------------------------------------------------------- */

/* Takes the spec's ids and no groups, keeping permitted capabilities for the
 * steps between; only as root.  False if no other id is available: the
 * layer cannot be mandatory then. */
bool ids_take(const struct sandbox_spec *, struct sandbox_report *);

/* True if root cannot be taken back. */
bool ids_are_final(void);

/* A user namespace, and in it mount, IPC, UTS and perhaps network.  The
 * network layer also holds if we were started in an empty network. */
void namespace_make(const struct sandbox_spec *, struct sandbox_report *);

/* chroot; needs CAP_SYS_CHROOT in force. */
void namespace_root(const struct sandbox_spec *, struct sandbox_report *);

/* Puts all permitted capabilities in force, for the steps between. */
void caps_raise(void);

/* Empties the bounding set.  Before namespace_root: libcap-ng reads /proc. */
void caps_bound(struct sandbox_report *);

/* Empties all other sets for good and looks whether they are empty. */
void caps_drop(struct sandbox_report *);

/* The monitor: SETUID, SETGID, SYS_CHROOT, KILL of what it has, no more. */
void caps_reduce(struct sandbox_report *);

/* Needs no_new_privs. */
void landlock_enter(const struct sandbox_spec *, struct sandbox_report *);

void limits_lower(const struct sandbox_spec *, struct sandbox_report *);

/* Sets soft and hard limit.  A hard limit that is lower and may not be raised
 * stays, and *short_of is true.  resource: RLIMIT_.  False with errno. */
bool limits_set(int resource, uint64_t wanted, bool *short_of);

/* --- policy rows -------------------------------------------------------- */

/* Argument N is exactly V, all 64 bits. */
#define IS(n, v)                                     \
	{                                            \
		POLICY_EQ, (n), 0, (uint64_t)(v), #v \
	}

/* Argument N is V in the bits M. */
#define BITS(n, m, v)                                                \
	{                                                            \
		POLICY_MASKED_EQ, (n), (uint64_t)(m), (uint64_t)(v), \
		    #m " is " #v                                     \
	}

/* Rows for one architecture only. */
#define ONLY_X86_64  .only = AUDIT_ARCH_X86_64
#define ONLY_AARCH64 .only = AUDIT_ARCH_AARCH64

#endif
