/* SPDX-License-Identifier: ISC */
/*
 * How a process is to be confined, and how it reports that it is: the shapes
 * that boot blocks, records and the status file contain, too.
 */
#ifndef SANDBOX_SPEC_H
#define SANDBOX_SPEC_H

#include <limits.h>
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

#endif
