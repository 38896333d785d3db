/* SPDX-License-Identifier: ISC */
/*
 * Making the status file; see status_block.h.  In pratiqued, while it has the
 * operator's privilege.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/status_block.h"
#include "privsep/start/leftover.h"

static void
copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static int
failed(int fd, const char *path, const char *what, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", path, what);
	if (fd != -1)
		close(fd);
	return -1;
}

static bool
is_status_file(struct span head)
{
	uint32_t magic;

	if (head.len < sizeof(magic))
		return false;
	memcpy(&magic, head.ptr, sizeof(magic));
	return magic == STATUS_MAGIC;
}

/* All of it is written, so that it has all its pages when it is mapped: a full
 * file system shows here and not as SIGBUS later.  The lock is the open
 * file's, not the process's: it lasts across execve. */
static int
make_file(
    const char *path, const struct status_block *first, char *why, size_t size)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd =
	    leftover_file(path, 0600, "status file", is_status_file, why, size);

	if (fd == -1)
		return -1;
	if (fcntl(fd, F_OFD_SETLK, &lock) == -1)
		return failed(fd, path,
		    "another pratiqued uses this directory; stop it or "
		    "choose another run_dir",
		    why, size);
	if (ftruncate(fd, 0) == -1 ||
	    write(fd, first, sizeof(*first)) != (ssize_t)sizeof(*first))
		return failed(fd, path,
		    errno == ENOSPC || errno == EDQUOT
			? "the file system is full; make room in run_dir"
			: strerror(errno),
		    why, size);
	return fd;
}

/* A failure shows as a process that pratique(8) does not list. */
void
status_resolver(int fd, pid_t pid, const struct sandbox_report *report)
{
	struct status_process p = {.state = STATUS_CHILD_UP,
	    .pid = pid,
	    .since = time(NULL),
	    .layers = report->layers,
	    .role = "resolver"};

	copy_text(p.missing, sizeof(p.missing), report->missing);
	(void)!pwrite(fd, &p, sizeof(p),
	    offsetof(struct status_block, child[STATUS_RESOLVER]));
}

void
status_monitor(int fd, const struct sandbox_report *report)
{
	struct status_process p;
	const off_t at = offsetof(struct status_block, monitor);

	if (pread(fd, &p, sizeof(p), at) != sizeof(p))
		return;
	p.layers = report->layers;
	copy_text(p.missing, sizeof(p.missing), report->missing);
	(void)!pwrite(fd, &p, sizeof(p), at);
}

int
status_make(const struct config *c, char *why, size_t size)
{
	static struct status_block first = {.magic = STATUS_MAGIC,
	    .size = sizeof(first),
	    .version = VERSION,
	    .monitor = {.state = STATUS_CHILD_STARTING, .role = "monitor"}};
	char path[PATH_MAX + sizeof("/" STATUS_FILE)];

	ensure(c->listens <= sizeof(first.listen) / sizeof(first.listen[0]) &&
	       c->scanner.backends <=
		   sizeof(first.backend) / sizeof(first.backend[0]));
	snprintf(path, sizeof(path), "%s/" STATUS_FILE, c->run_dir);
	first.monitor.pid = getpid();
	first.monitor.since = time(NULL);
	first.max_sessions = c->session.max_sessions;
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
	return make_file(path, &first, why, size);
}
