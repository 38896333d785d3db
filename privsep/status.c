/* SPDX-License-Identifier: ISC */
/*
 * Writing the status file; see status.h.  In the monitor: opened while it has
 * its privilege, afterwards only memory is written.
 */
#include "privsep/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

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

static bool
failed(int fd, const char *path, const char *what, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", path, what);
	if (fd != -1)
		close(fd);
	return false;
}

/* Written before it is mapped, so that it has all its pages: a full file
 * system shows here and not as SIGBUS later.  The descriptor stays open: it
 * holds the lock. */
static bool
map_file(
    const char *path, const struct status_block *first, char *why, size_t size)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	void *map;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1)
		return failed(fd, path, strerror(errno), why, size);
	if (fcntl(fd, F_SETLK, &lock) == -1)
		return failed(fd, path,
		    "another pratiqued works in this directory; stop it or "
		    "choose another run_dir",
		    why, size);
	if (ftruncate(fd, 0) == -1 ||
	    write(fd, first, sizeof(*first)) != (ssize_t)sizeof(*first))
		return failed(fd, path, "cannot write to it", why, size);
	map = mmap(
	    NULL, sizeof(*first), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return failed(fd, path, strerror(errno), why, size);
	block = map;
	return true;
}

bool
status_open(const struct config *c, char *why, size_t size)
{
	static struct status_block first = {.magic = STATUS_MAGIC,
	    .size = sizeof(first),
	    .version = VERSION,
	    .monitor = {.state = STATUS_CHILD_STARTING, .role = "monitor"}};
	char path[PATH_MAX + sizeof("/" STATUS_FILE)];

	snprintf(path, sizeof(path), "%s/" STATUS_FILE, c->run_dir);
	first.monitor.pid = getpid();
	first.monitor.since = seconds_now();
	first.listens = c->listens;
	for (uint32_t i = 0; i < c->listens; i++)
		copy_text(first.listen[i], sizeof(first.listen[i]),
		    c->listen[i].text);
	first.backends = c->scanner.backends;
	for (uint32_t i = 0; i < first.backends; i++) {
		const struct backend_settings *s = &c->scanner.backend[i];

		copy_text(first.backend[i].name, sizeof(first.backend[i].name),
		    s->name);
		copy_text(first.backend[i].address,
		    sizeof(first.backend[i].address), s->address.text);
	}
	return map_file(path, &first, why, size);
}

void
status_monitor(const struct sandbox_report *report)
{
	if (block == NULL)
		return;
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
	if (block == NULL)
		return;
	change_begin();
	block->phase = phase;
	change_end();
}

void
status_child(size_t slot, enum status_state state, const char *role, pid_t pid)
{
	struct status_process *p;

	if (block == NULL || slot >= STATUS_CHILDREN_MAX)
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
	if (block == NULL || slot >= STATUS_CHILDREN_MAX)
		return;
	change_begin();
	block->child[slot].layers = layers;
	copy_text(block->child[slot].missing,
	    sizeof(block->child[slot].missing), missing);
	change_end();
}

void
status_backend(uint32_t index, enum status_clamd state, const char *reason)
{
	if (block == NULL || index >= block->backends)
		return;
	change_begin();
	block->backend[index].state = state;
	copy_text(block->backend[index].reason,
	    sizeof(block->backend[index].reason), reason);
	change_end();
}
