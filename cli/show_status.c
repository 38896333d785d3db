/* SPDX-License-Identifier: ISC */
/*
 * pratique status: one line for each process, listening socket and clamd.
 */
#include <stdio.h>
#include <time.h>

#include "cli/cli.h"
#include "keys/key_file.h"
#include "keys/window.h"

static const char *
state_name(uint32_t state)
{
	switch ((enum status_state)state) {
	case STATUS_NONE:
		break;
	case STATUS_CHILD_STARTING:
		return "starting";
	case STATUS_CHILD_UP:
		return "up";
	case STATUS_CHILD_RETIRED:
		return "retired";
	case STATUS_CHILD_HUNG:
		return "hung";
	}
	return "unknown";
}

static const char *
phase_name(uint32_t phase)
{
	switch ((enum status_phase)phase) {
	case STATUS_STARTING:
		return "starting";
	case STATUS_READY:
		return "ready";
	case STATUS_STOPPING:
		return "stopping";
	}
	return "unknown";
}

static const char *
clamd_name(const struct status_backend *clamd)
{
	if (clamd->up != 0)
		return "up";
	return clamd->reason[0] == '\0' ? "checking" : "down";
}

static void
print_process(const struct status_process *p, const char *state)
{
	time_t since = (time_t)p->since;
	char when[32] = "";
	struct tm tm;

	if (localtime_r(&since, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%-9s pid %-7d %-9s since %s", p->role, p->pid, state, when);
}

/* The key that stamps, if one does. */
static void
print_key(const struct status_block *b)
{
	enum key_state state;
	char day[KEY_DAY_MAX];

	if (b->key[0] == '\0')
		return;
	state = key_state(b->key_from, b->key_until, (uint64_t)time(NULL));
	printf("%-9s %-11s %-9s", "key", b->key, key_state_name(state));
	if (b->key_from != 0) {
		key_day_write(b->key_from, day);
		printf(" from %s", day);
	}
	if (b->key_until != STAMP_NUMBER_MAX) {
		key_day_write(b->key_until, day);
		printf(" until %s", day);
	}
	putchar('\n');
}

/* With libmilter sessions are not processes; their number is a second old. */
static void
print_load(const struct status_process *p, uint32_t limit)
{
	unsigned int sessions = cli_children(p->pid, NULL, NULL);

	printf(", sessions: %u of %u, waiting: %u",
	    sessions > 0 ? sessions : p->sessions, limit, p->waiting);
}

/* This clock stands still while the machine sleeps. */
static bool
monitor_hangs(const struct status_block *b)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 > b->beat + STATUS_BEAT_MS;
}

/* And how long messages may be, as far as is known, that it looks into. */
static void
print_clamd(const struct status_block *b, uint32_t i)
{
	const char *reason = b->backend[i].reason;
	uint64_t proved = b->backend[i].proved, limit = b->backend[i].limit;
	double mb = 1 << 20;

	printf("%-9s %-11s %-9s %s%s%s", "clamd", b->backend[i].name,
	    clamd_name(&b->backend[i]), b->backend[i].address,
	    *reason == '\0' ? "" : ": ", reason);
	if (proved != 0)
		printf(", proved to %.2f MB", (double)proved / mb);
	if (limit != 0)
		printf(", takes no more than %.2f MB", (double)limit / mb);
	putchar('\n');
}

int
cli_status(const struct status_block *b)
{
	bool hung = monitor_hangs(b);
	unsigned int up = 0, clamds = 0;

	print_process(&b->monitor, hung ? "hung" : phase_name(b->phase));
	printf(", version %s\n", b->version);
	for (size_t i = 0; i < STATUS_CHILDREN_MAX; i++) {
		const struct status_process *p = &b->child[i];

		if (p->state == STATUS_NONE)
			continue;
		print_process(p, state_name(p->state));
		if (p->role[0] == 'l')
			print_load(p, b->max_sessions);
		putchar('\n');
		up += p->state == STATUS_CHILD_UP && i != STATUS_RESOLVER;
	}
	for (uint32_t i = 0; i < b->listens; i++)
		printf("%-9s %s\n", "listen", b->listen[i]);
	for (uint32_t i = 0; i < b->backends; i++) {
		print_clamd(b, i);
		clamds += b->backend[i].up != 0;
	}
	print_key(b);
	/* One listener and one scanner. */
	return !hung && b->phase == STATUS_READY && up == 2 && clamds > 0
		   ? CLI_GOOD
		   : CLI_BAD;
}
