/* SPDX-License-Identifier: ISC */
/*
 * From the configuration to the boot blocks: what each process is told, and
 * nothing else.  Works on memory alone: no file, no socket, no privilege, so
 * any process can do it.  What the blocks speak of is opened by plan.c.
 */
#ifndef PRIVSEP_START_BLOCKS_H
#define PRIVSEP_START_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "privsep/ipc/boot.h"
#include "privsep/start/filters.h"

/* What the blocks need to say and the configuration does not. */
struct block_facts {
	const char *credentials; /* directory of systemd's, or NULL */
	bool log_grows;		 /* it is a regular file */
};

#define BLOCKS_LISTENER_MAX (256U << 10)
#define BLOCKS_SCANNER_MAX  (256U << 10)

struct blocks {
	uint8_t listener[BLOCKS_LISTENER_MAX];
	size_t listener_size;
	uint8_t scanner[BLOCKS_SCANNER_MAX];
	size_t scanner_size;
	bool has_keys;
	struct keys_boot keys;
	struct resolver_boot resolver; /* names 0: there is none */
	/* Without what plan.c finds out when it opens things: resolver_pid,
	 * descriptors, footprint. */
	struct monitor_boot monitor;
};

/* Directories in which the sockets of clamds are, each once. */
struct block_directories {
	uint32_t count;
	char path[SANDBOX_BINDS_MAX][SANDBOX_BIND_LEN];
};

void blocks_directories(const struct config *, struct block_directories *out);

/* The empty directory, where nobody has anything to look for.  False if its
 * path is too long. */
bool blocks_empty_directory(const struct config *, char out[static PATH_MAX]);

/* The program of that name, in libexec_dir. */
void blocks_program(
    const struct config *, const char *name, char out[static BOOT_PROGRAM_MAX]);

/* Fills *out, which must be zero.  NULL, or what is wrong and the mend. */
const char *blocks_make(const struct config *, const struct filters *,
    const struct block_facts *, struct blocks *out);

#endif
