/* SPDX-License-Identifier: ISC */
/*
 * The boot block: all that a process is told before it is confined, in a
 * sealed memfd on descriptor CHILD_FD_BOOT.  It reads it as its first act and
 * closes the descriptor.  pratiqued makes the blocks of all of them and leaves
 * those of the children to the monitor, who can not read them.  No pointers,
 * no secrets.
 */
#ifndef PRIVSEP_IPC_BOOT_H
#define PRIVSEP_IPC_BOOT_H

#include "config/config.h"
#include "lib/fd_numbers.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

struct listener_boot {
	struct sandbox_spec sandbox;
	struct policy_program listener; /* loaded by the listener itself */
	struct policy_program session;	/* by each session, on top of it */
	struct session_settings settings;
	uint32_t listens; /* descriptors from CHILD_FD_LISTEN on */
};

struct scanner_boot {
	struct sandbox_spec sandbox;
	struct policy_program scanner;
	struct scanner_settings settings;
};

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

/* What a child is started with; the numbers are descriptors of the monitor's,
 * where they stay. */
struct child_plan {
	char program[BOOT_PROGRAM_MAX];
	char role[16];	  /* its first argument, for ps */
	int32_t boot;	  /* boot block */
	int32_t log;	  /* -1: none */
	int32_t listen;	  /* the first of the listening sockets; or what is at
			     their place, see record.h */
	uint32_t listens; /* at most CONFIG_LISTEN_MAX */
};

struct monitor_boot {
	int32_t resolver_pid; /* 0: none */
	struct policy_program monitor;
	uint64_t descriptors; /* bits of those that it was given */
	struct stamp_settings stamp;
	enum log_format log_format;
	enum log_to log_to;
	uint32_t scan_timeout;
	uint32_t retire_time; /* for a listener that was replaced */
	char listen[CONFIG_LISTEN_MAX *
		    sizeof(((struct address *)0)->text)]; /* for the log */
	struct {
		char path[PATH_MAX]; /* "": none */
		dev_t dev;
		ino_t ino; /* of what is ours there */
	} footprint[FOOTPRINT_MAX];
	/* Where the sockets of clamds are: if one is made anew the scanner,
	 * which sees the old one, must be, too. */
	uint32_t directories;
	char directory[SANDBOX_BINDS_MAX][SANDBOX_BIND_LEN];
	struct child_plan listener;
	struct child_plan scanner;
	char reader_program[BOOT_PROGRAM_MAX];
};

/* Makes a sealed memfd that holds size bytes of block; -1 with errno. */
int boot_make(const void *block, size_t size);

/* The boot block of exactly size bytes from CHILD_FD_BOOT, which is closed:
 * memory that nobody can write to any more.  NULL if it has another size or is
 * not sealed. */
const void *boot_load(size_t size);

#endif
