/* SPDX-License-Identifier: ISC */
/*
 * The layers of confinement besides seccomp, and the order in which they are
 * put in force.  Called once by each process at its start, with privilege if
 * there is any.
 *
 * Mandatory: no_new_privs, dumpable 0, limits, empty capability sets (what is
 * left of privilege must go), own ids when started as root, and what the
 * operator requires.  The others hold where the kernel and the outer world
 * allow it; the report says which, and why not.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox/spec.h"

/* The very first call of every process: dumpable 0, core limit 0, parent's
 * death kills (children), umask, descriptors 0-2 open, environment emptied.
 * parent: the pid that must still be our parent, 0 in the monitor. */
bool sandbox_first(pid_t parent);

/* True if exactly the descriptors whose bits are set in open (bit N: descriptor
 * N) are open.  A child's second act: it must not start with descriptors that
 * it was not meant to have.  A session does not ask: it has closed all others
 * itself, with one close_range. */
bool sandbox_descriptors(uint64_t open);

/* Puts on every layer but seccomp.  True if all mandatory ones hold; else
 * *report says which failed. */
bool sandbox_enter(const struct sandbox_spec *, struct sandbox_report *report);

/* The monitor's own, smaller set, which pratiqued puts on before it becomes the
 * monitor: keeps only SETUID, SETGID, SYS_CHROOT and KILL (no more than it
 * has), no_new_privs, MDWE, core 0. */
bool sandbox_monitor(struct sandbox_report *report);

/* The key reader's: it stays the monitor's user, to whom key files belong,
 * without a capability, and can read only below spec->readable.  It uses that
 * and the limits of the spec. */
bool sandbox_reader(const struct sandbox_spec *, struct sandbox_report *report);

/* In a process that forks often and has one thread, before its filter: the
 * kernel no longer notes in the C library's memory on which processor we run
 * (rseq(2)).  A page that it writes to has to be copied after each fork. */
void sandbox_no_rseq(void);

/* In a new session, before its seccomp filter: limits that would be wrong for
 * the listener (no process, no new descriptor, CPU seconds), and the death of
 * the listener (pid parent) kills.  False if one could not be set, or if the
 * parent is dead already. */
bool sandbox_session(pid_t parent, uint32_t cpu_seconds);

/* The layer of that name; LAYER_COUNT if there is none. */
enum layer sandbox_layer_find(const char *name);

/* "ids,capabilities,..." for a set of LAYER_BITs, into buf. */
const char *sandbox_layers_text(uint32_t layers, char *buf, size_t size);

#endif
