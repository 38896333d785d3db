/* SPDX-License-Identifier: ISC */
/*
 * When each clamd is probed next (probe.h), for those who find out that it
 * should be sooner, and whether it is of use to wait for that.
 */
#ifndef SCANNER_CLAMD_PROBE_DUE_H
#define SCANNER_CLAMD_PROBE_DUE_H

#include <stdbool.h>
#include <stdint.h>

/* One that is down is probed so often, since what it does with connections
 * costs next to nothing. */
#define PROBE_DOWN_MS 250

enum probe_due_state {
	PROBE_DUE_WAITING, /* none is under way: until it is due */
	PROBE_DUE_ASKING,  /* one is */
	PROBE_DUE_SILENT,  /* one is, and clamd does not answer PING */
};

/* All are due now.  Before lockdown. */
void probe_due_setup(uint32_t backends);

/* For probe.c: one begins; it gets no answer to PING; it has ended, and the
 * next follows after that many milliseconds. */
void probe_due_begin(uint32_t index);
void probe_due_silent(uint32_t index);
void probe_due_end(uint32_t index, uint64_t pause);

enum probe_due_state probe_due_state(uint32_t index);

/* Of one that is WAITING. */
uint64_t probe_due_at(uint32_t index);

/* The next probe, if none is under way: soon, or as of one that is down. */
void probe_due_soon(uint32_t index);
void probe_due_later(uint32_t index);

/* A message waits.  False if there is no point: clamd is down and a probe has
 * just failed, or it does not answer PING.  Otherwise one is under way, or
 * starts at once. */
bool probe_due_hasten(uint32_t index, bool is_down);

#endif
