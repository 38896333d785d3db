/* SPDX-License-Identifier: ISC */
/*
 * Memory for secrets: pages of their own between two guard pages, locked, not
 * in core files, not inherited by a child for the moment between fork and exec,
 * and closed to writing except while somebody writes.
 *
 * memfd_secret(2) where the kernel has it: such pages are not even in the
 * kernel's own map, and neither ptrace nor /proc/PID/mem can read them.
 * Elsewhere a locked memfd.  Either way there is a descriptor, by which the
 * pages can be given to another process of ours.  Monitor, its key reader and
 * pratique(8) only.
 */
#ifndef KEYS_VAULT_H
#define KEYS_VAULT_H

#include <stdbool.h>
#include <stddef.h>

struct vault {
	void *memory; /* size bytes, zeroed; NULL: none */
	size_t size;
	int fd;	     /* the same pages; close-on-exec */
	bool secret; /* memfd_secret's */
};

/* False with errno: no such memory, or it cannot be locked.  Before the
 * monitor's filter is on. */
bool vault_make(struct vault *, size_t size);

/* The pages of another process's vault of that size, open to writing.  False
 * with errno. */
bool vault_map(struct vault *, int fd, size_t size);

/* Opens it to writing, and closes it.  A vault that cannot be closed is a
 * fault of ours: the process ends. */
void vault_unlock(struct vault *);
void vault_lock(struct vault *);

/* Overwrites all of it; it stays locked, and open only to reading. */
void vault_wipe(struct vault *);

#endif
