/* SPDX-License-Identifier: ISC */
/*
 * The boot block: all that a process has to know before it is confined, in a
 * sealed memfd on descriptor CHILD_FD_BOOT, which it maps as its first act and
 * then closes.  pratiqued makes the blocks of all processes; the monitor keeps
 * its children's and passes them on without looking into them.  No pointers,
 * no secrets.
 *
 * A block is a struct of fixed size; those of the listener and the scanner have
 * parts behind it (parts.h), for what varies in length.
 */
#ifndef PRIVSEP_IPC_BOOT_H
#define PRIVSEP_IPC_BOOT_H

#include "config/config.h"
#include "lib/fd_numbers.h"
#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/parts.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

/* What a session is told: a block within the listener's. */
struct session_boot {
	struct parts_head head;
	struct session_settings settings;
};

enum session_part {
	SESSION_PART_FILTER, /* put on top of the listener's; none with
				engine = "libmilter" */
	SESSION_PARTS,
};

struct listener_boot {
	struct parts_head head;
	uint32_t listens; /* descriptors from CHILD_FD_LISTEN on */
	struct sandbox_spec sandbox;
};

enum listener_part {
	LISTENER_PART_FILTER,
	LISTENER_PART_SESSION, /* a session_boot */
	LISTENER_PARTS,
};

struct scanner_boot {
	struct parts_head head;
	struct sandbox_spec sandbox;
	struct scanner_settings settings;
};

enum scanner_part { SCANNER_PART_FILTER, SCANNER_PARTS };

extern const struct parts_shape boot_session_shape, boot_listener_shape,
    boot_scanner_shape;

/* Paths of our programs: libexec_dir and a name. */
#define BOOT_PROGRAM_MAX (PATH_MAX + 32)

struct keys_boot {
	struct sandbox_spec sandbox;
	struct policy_program reader;
	char stamping[STAMP_KEY_MAX + 1]; /* see keys/reader.h */
	uint32_t must_stamp;
};

struct resolver_name {
	uint32_t index; /* of the clamd */
	int32_t family; /* AF_INET or AF_INET6 */
	char host[128];
};

struct resolver_boot {
	struct sandbox_spec sandbox;
	struct policy_program resolver;
	uint32_t names;
	struct resolver_name name[SETTINGS_BACKENDS_MAX];
};

/* Names in the file system that are the monitor's to remove. */
#define FOOTPRINT_PID_FILE CONFIG_LISTEN_MAX /* behind the sockets */
#define FOOTPRINT_MAX	   (FOOTPRINT_PID_FILE + 1)

/* What a child is started with, by role; what it finds as its descriptors 3, 4,
 * ... are numbers of descriptors of the monitor's, where they stay. */
struct child_plan {
	char program[BOOT_PROGRAM_MAX];
	char role[16];	    /* its first argument, for ps */
	uint32_t retire_ms; /* how long it has when it has been replaced */
	uint32_t fds;	    /* 0: there is none in this configuration */
	int32_t fd[EXEC_FDS_MAX]; /* the first is its channel to the monitor */
};

struct monitor_boot {
	int32_t resolver_pid; /* 0: none */
	struct policy_program monitor;
	uint64_t descriptors; /* bits of those that it was given */
	struct stamp_settings stamp;
	enum log_format log_format;
	enum log_to log_to;
	uint32_t stop_ms; /* how long a child told to stop may take */
	char listen[CONFIG_LISTEN_MAX *
		    sizeof(((struct address *)0)->text)]; /* for the log */
	struct {
		char path[PATH_MAX]; /* "": none */
		dev_t dev;
		ino_t ino; /* of what is ours there */
	} footprint[FOOTPRINT_MAX];
	/* Where the sockets of clamds are: if one is made anew, so must the
	 * scanner be, which sees the old one. */
	uint32_t directories;
	char directory[SANDBOX_BINDS_MAX][SANDBOX_BIND_LEN];
	struct child_plan child[ROLES_MAX]; /* by role */
	char reader_program[BOOT_PROGRAM_MAX];
};

/* Makes a sealed memfd that holds size bytes of block; -1 with errno. */
int boot_make(const void *block, size_t size);

/* The boot block of exactly size bytes from CHILD_FD_BOOT, which is closed:
 * memory that nobody can write to any more.  NULL if it has another size or is
 * not sealed. */
const void *boot_load(size_t size);

/* The same for a block in parts; empty if it does not have that shape. */
struct span boot_load_parts(const struct parts_shape *);

/* A copy of a block in memory of our own that nobody can write to: unlike
 * those of a mapped file, its pages are there in a forked process without a
 * fault.  Empty, with errno, if there is no memory. */
struct span boot_copy(struct span block);

#endif
