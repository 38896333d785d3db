/* SPDX-License-Identifier: ISC */
/* Writing to the status file; see status_block.h.  In the monitor. */
#include "privsep/ipc/status_block.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "privsep/ipc/wire.h"

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

static void
set_layers(struct status_process *p, uint32_t layers, const char *missing)
{
	change_begin();
	p->layers = layers;
	snprintf(p->missing, sizeof(p->missing), "%s", missing);
	change_end();
}

void
status_monitor(const struct sandbox_report *report)
{
	set_layers(&block->monitor, report->layers, report->missing);
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
	struct status_process *p = &block->child[slot];

	if (p->state == state && (state == STATUS_NONE || p->pid == pid))
		return;
	change_begin();
	if (state == STATUS_NONE || p->pid != pid) {
		memset(p, 0, sizeof(*p));
		p->since = (int64_t)wire_date();
		p->pid = pid;
	}
	p->state = state;
	snprintf(p->role, sizeof(p->role), "%s", role);
	change_end();
}

void
status_layers(size_t slot, uint32_t layers, const char *missing)
{
	set_layers(&block->child[slot], layers, missing);
}

void
status_key(const char *id, uint64_t from, uint64_t until)
{
	change_begin();
	snprintf(block->key, sizeof(block->key), "%s", id);
	block->key_from = from;
	block->key_until = until;
	change_end();
}

void
status_load(size_t slot, uint32_t sessions, uint32_t waiting)
{
	change_begin();
	block->child[slot].sessions = sessions;
	block->child[slot].waiting = waiting;
	change_end();
}

void
status_backend(const struct record_backend *told)
{
	struct status_backend *b = &block->backend[told->index];

	if (told->index >= block->backends)
		return;
	change_begin();
	b->up = told->up;
	snprintf(b->reason, sizeof(b->reason), "%s", told->reason);
	b->proved = told->proved;
	b->limit = told->limit;
	change_end();
}
