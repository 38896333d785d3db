/* SPDX-License-Identifier: ISC */
/*
 * The status file: how pratique(8) learns of a running pratiqued.  The monitor
 * keeps one struct status_block in run_dir/status, mapped into its memory, so
 * that it needs no system call to change it and nobody can ask it anything.
 *
 * The monitor holds a write lock (fcntl) on the file for as long as it lives:
 * a file without one was left behind.  Readers are of the same version as the
 * writer; the size says so.  Times are seconds since 1970.
 */
#ifndef PRIVSEP_IPC_STATUS_BLOCK_H
#define PRIVSEP_IPC_STATUS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config/config.h"
#include "privsep/ipc/record.h"
#include "sandbox/sandbox.h"

#define STATUS_FILE	    "status"
#define STATUS_MAGIC	    0x50527471U /* "PRtq" */
#define STATUS_CHILDREN_MAX 17
#define STATUS_RESOLVER	    (STATUS_CHILDREN_MAX - 1) /* its slot */

enum status_phase { STATUS_STARTING, STATUS_READY, STATUS_STOPPING };

/* Of a process; the monitor's own states of its children have these numbers. */
enum status_state {
	STATUS_NONE,
	STATUS_CHILD_STARTING,
	STATUS_CHILD_UP,
	STATUS_CHILD_RETIRED,
	STATUS_CHILD_HUNG /* up or retired, but it does not answer */
};

/* A monitor that has not beaten for so long (CLOCK_MONOTONIC) hangs. */
#define STATUS_BEAT_MS 30000

struct status_process {
	uint32_t state; /* enum status_state */
	int32_t pid;
	int64_t since;
	uint32_t layers;   /* LAYER_BITs, as the process told */
	uint32_t sessions; /* of a listener, */
	uint32_t waiting;  /* and connections that have none yet */
	uint32_t zero;
	char role[16];
	char missing[512]; /* layers that are not in force, and why */
};

struct status_backend {
	uint32_t up; /* 1 or 0 */
	uint32_t zero;
	char name[32];
	char address[128];
	/* Why it is not up; not up for no reason: it is being looked at. */
	char reason[128];
	uint64_t proved; /* it was seen to look into so many bytes */
	uint64_t limit;	 /* and is given no more than these; 0: any */
};

struct status_block {
	uint32_t magic;
	uint32_t size;	   /* of this struct */
	uint32_t sequence; /* odd while the block is being changed */
	uint32_t phase;	   /* enum status_phase */
	uint32_t listens;
	uint32_t backends;
	uint32_t max_sessions; /* of one listener */
	uint32_t zero;
	uint64_t beat; /* when the monitor was last at work, in ms */
	char version[32];
	char listen[CONFIG_LISTEN_MAX][128];
	/* The key that stamps; "": none does. */
	char key[STAMP_KEY_MAX + 8];  /* no byte between the members */
	uint64_t key_from, key_until; /* both within */
	struct status_process monitor;
	struct status_process child[STATUS_CHILDREN_MAX];
	struct status_backend backend[SETTINGS_BACKENDS_MAX];
};

/* Makes the file in run_dir, which exists, and locks it.  In pratiqued; the
 * process is to be the monitor.  Its descriptor, or -1 with what is wrong and
 * the mend in why. */
int status_make(const struct config *, char *why, size_t size);

/* The monitor is about to begin, with this confinement.  In pratiqued. */
void status_monitor(int fd, const struct sandbox_report *);

/* The resolver is there, as it told pratiqued, which started it. */
void status_resolver(int fd, pid_t, const struct sandbox_report *);

#endif
