/* SPDX-License-Identifier: ISC */
/*
 * The layers of confinement besides seccomp, and the order in which they are
 * put on.  Called once by each process at its start, with privilege if there
 * is any.
 *
 * Mandatory: no_new_privs, dumpable 0, limits, empty capability sets (what is
 * left of privilege must go), own ids when started as root, and what the
 * operator requires.  The others hold where the kernel and the outer world
 * allow it; the report says which, and why not.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum layer {
	LAYER_IDS,	    /* own uid and gid, no supplementary groups */
	LAYER_CAPABILITIES, /* all sets empty, bounding set too */
	LAYER_NO_NEW_PRIVS,
	LAYER_NOT_DUMPABLE,
	LAYER_ROOT,	  /* chroot */
	LAYER_NETWORK,	  /* a network without interfaces, but for lo */
	LAYER_NAMESPACES, /* mount, ipc, uts */
	LAYER_LANDLOCK,
	LAYER_LIMITS, /* rlimits */
	LAYER_MDWE,   /* no memory that is writable and executable */
	LAYER_SECCOMP,
	LAYER_COUNT
};

#define LAYER_BIT(layer) (1U << (layer))

#define SANDBOX_BINDS_MAX 16
#define SANDBOX_BIND_LEN  108 /* directories of sockets: as their paths */

#define SANDBOX_KEEP UINT64_MAX /* leave this limit as it is */

struct sandbox_spec {
	uid_t uid; /* taken if started as root */
	gid_t gid;
	char root[PATH_MAX];  /* directory for chroot; "" for none */
	char empty[PATH_MAX]; /* in its place while it is not there; or "" */
	/* Directories outside of it that are bound to root/0, root/1 and so on,
	 * in a mount namespace of its own, without which the layer is missing.
	 * One that is not there is left out. */
	uint32_t binds;
	char bind[SANDBOX_BINDS_MAX][SANDBOX_BIND_LEN];
	uint32_t empty_network; /* 1: own network namespace */
	uint32_t tcp_ports;	/* TCP ports that Landlock lets it connect to */
	uint16_t tcp_port[16];
	char
	    readable[PATH_MAX]; /* what Landlock lets it read; "" for nothing */
	uint32_t required;	/* LAYER_BITs: besides the mandatory ones */
	uint64_t max_files;	/* RLIMIT_NOFILE */
	uint64_t max_processes;
	uint64_t max_file_size; /* RLIMIT_FSIZE, or SANDBOX_KEEP */
	uint64_t max_memory;	/* RLIMIT_AS, or SANDBOX_KEEP */
};

struct sandbox_report {
	uint32_t layers;   /* LAYER_BITs in force */
	char missing[512]; /* "landlock: kernel has none (ENOSYS); ..." or "" */
};

/* The very first call of every process: dumpable 0, core limit 0, parent's
 * death kills (children), umask, descriptors 0-2 open, environment emptied.
 * parent: the pid that must still be our parent, 0 in the monitor. */
bool sandbox_first(pid_t parent);

/* True if exactly the descriptors whose bits are set in open (bit N:
 * descriptor N) are open.  A child's second act: what it was not meant to have
 * it must not start with.  A session does not ask: it has closed all others
 * itself, with one close_range. */
bool sandbox_descriptors(uint64_t open);

/* Puts on every layer but seccomp.  True if all mandatory ones hold; else
 * *report says which failed. */
bool sandbox_enter(const struct sandbox_spec *, struct sandbox_report *report);

/* The monitor's own, smaller set: keeps only SETUID, SETGID, SYS_CHROOT and
 * KILL (no more than it has), no_new_privs, MDWE, core 0. */
bool sandbox_monitor(struct sandbox_report *report);

/* The key reader's: it stays who the monitor is, because key files are that
 * user's, without a capability, and reads below spec->readable and nowhere
 * else.  Of the spec it takes that and the limits. */
bool sandbox_reader(const struct sandbox_spec *, struct sandbox_report *report);

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
