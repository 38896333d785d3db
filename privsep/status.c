/* SPDX-License-Identifier: ISC */
/* Writing to the status file; see status.h.  In the monitor. */
#include "privsep/status.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static struct status_block *block;

/* A reader that sees an odd or a changed sequence reads again. */
static void
change_begin(void)
{
	block->sequence++;
	atomic_thread_fence(memory_order_seq_cst);
}

static void
change_end(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	block->sequence++;
}

/* time(2) is no call of the monitor's. */
static int64_t
seconds_now(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

static void
copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

bool
status_map(int fd)
{
	void *map = mmap(
	    NULL, sizeof(*block), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return false;
	block = map;
	return true;
}

void
status_monitor(const struct sandbox_report *report)
{
	change_begin();
	block->monitor.state = STATUS_CHILD_UP;
	block->monitor.layers = report->layers;
	copy_text(block->monitor.missing, sizeof(block->monitor.missing),
	    report->missing);
	change_end();
}

void
status_phase(enum status_phase phase)
{
	change_begin();
	block->phase = phase;
	change_end();
}

void
status_beat(uint64_t now_ms)
{
	block->beat = now_ms; /* whole or not at all */
}

void
status_child(size_t slot, enum status_state state, const char *role, pid_t pid)
{
	struct status_process *p;

	if (slot >= STATUS_CHILDREN_MAX)
		return;
	p = &block->child[slot];
	if (p->state == state && (state == STATUS_NONE || p->pid == pid))
		return;
	change_begin();
	if (state == STATUS_NONE || p->pid != pid) {
		memset(p, 0, sizeof(*p));
		p->since = seconds_now();
		p->pid = pid;
	}
	p->state = state;
	copy_text(p->role, sizeof(p->role), role);
	change_end();
}

void
status_layers(size_t slot, uint32_t layers, const char *missing)
{
	if (slot >= STATUS_CHILDREN_MAX)
		return;
	change_begin();
	block->child[slot].layers = layers;
	copy_text(block->child[slot].missing,
	    sizeof(block->child[slot].missing), missing);
	change_end();
}

void
status_key(const char *id, uint64_t from, uint64_t until)
{
	change_begin();
	copy_text(block->key, sizeof(block->key), id);
	block->key_from = from;
	block->key_until = until;
	change_end();
}

void
status_load(size_t slot, uint32_t sessions, uint32_t waiting)
{
	if (slot >= STATUS_CHILDREN_MAX)
		return;
	change_begin();
	block->child[slot].sessions = sessions;
	block->child[slot].waiting = waiting;
	change_end();
}

void
status_backend(
    uint32_t index, enum status_clamd state, const struct record_backend *told)
{
	if (index >= block->backends)
		return;
	change_begin();
	block->backend[index].state = state;
	copy_text(block->backend[index].reason,
	    sizeof(block->backend[index].reason), told->reason);
	block->backend[index].proved = told->proved;
	block->backend[index].limit = told->limit;
	change_end();
}
