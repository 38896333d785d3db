/* SPDX-License-Identifier: ISC */
/*
 * The boot block: all that the monitor tells a child before it is confined,
 * in a sealed memfd on descriptor CHILD_FD_BOOT.  The child reads it as its
 * first act and closes the descriptor.  No pointers, no
 * secrets.
 */
#ifndef PRIVSEP_BOOT_H
#define PRIVSEP_BOOT_H

#include "config/settings.h"
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

/* Makes a sealed memfd that holds size bytes of block; -1 with errno. */
int boot_make(const void *block, size_t size);

/* The boot block of exactly size bytes from CHILD_FD_BOOT, which is closed:
 * memory that nobody can write to any more.  NULL if it has another size or is
 * not sealed. */
const void *boot_load(size_t size);

#endif
