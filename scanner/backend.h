/* SPDX-License-Identifier: ISC */
/*
 * The clamds: which are up, how busy they are, and which one a scan goes to.
 *
 * They are used in the order of the configuration: the first that is not down
 * and has room.  One is down after a failed connection or probe, and up after
 * a PONG or a verdict; while it is not up it is probed with PING on a timer.
 * Being down is no ban: when all are down, scans try them anyway, so that the
 * first message after a clamd's return is scanned.
 */
#ifndef SCANNER_BACKEND_H
#define SCANNER_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/version.h"

#define BACKEND_NONE UINT32_MAX /* no backend */

enum backend_choice {
	BACKEND_CHOSEN,
	BACKEND_FULL,	   /* one will do, but has no room now: wait */
	BACKEND_EXHAUSTED, /* all have been tried */
};

/* root: the directory that is / after lockdown, "" if that does not change.
 * Unix socket paths below it are cut to what is left of them there.
 * Before lockdown, with settings that stay; backend_chroot when known. */
void backend_setup(const struct scanner_settings *);
void backend_chroot(const char *root);

/* Scans that can be under way at once, over all. */
uint32_t backend_room(void);

/* tried: bit i set for a backend i that is out of the question.  On CHOSEN
 * *index has room kept for one scan, until backend_release. */
enum backend_choice backend_choose(uint32_t tried, uint32_t *index);
void backend_release(uint32_t index);

uint32_t backend_count(void);
const struct version *backend_version(uint32_t index);
bool backend_alerts(uint32_t index);

const struct address *backend_address(uint32_t index);
const char *backend_name(uint32_t index);

/* What a scan has learned: it gave a verdict; no connection, with errno;
 * connected, but something was wrong, so that it should be probed soon. */
void backend_is_up(uint32_t index);
void backend_is_down(uint32_t index, int error);
void backend_is_suspect(uint32_t index);

/* A probe's connection has news. */
void backend_probe_event(uint32_t index);

/* Starts the probes that are due and ends those that take too long. */
void backend_run(uint64_t now);

/* When backend_run has something to do next; UINT64_MAX: never. */
uint64_t backend_next(void);

#endif
