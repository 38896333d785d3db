/* SPDX-License-Identifier: ISC */
/*
 * Reading the status file.  It belongs to the daemon's user, who can write
 * anything to it; here every text is terminated and made printable, and every
 * number bounded, before it is used.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

/* The writer is done with a change in microseconds. */
#define TRIES	    100
#define TRY_WAIT_NS 10000000L

static int
complain(int status, const char *path, const char *what)
{
	fprintf(stderr, "pratique: %s: %s\n", path, what);
	return status;
}

/* True if a write lock is held: by the monitor, as long as it lives. */
static bool
is_alive(int fd)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

/* True if the block was not changed while it was being read. */
static bool
read_whole(int fd, struct status_block *out)
{
	struct status_block again;

	return pread(fd, out, sizeof(*out), 0) == (ssize_t)sizeof(*out) &&
	       pread(fd, &again, sizeof(again), 0) == (ssize_t)sizeof(again) &&
	       out->sequence % 2 == 0 && again.sequence == out->sequence;
}

/* It goes to a terminal. */
static void
make_text(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

#define END_TEXT(text) make_text(text, sizeof(text))

bool
cli_take_block(struct status_block *b)
{
	if (b->magic != STATUS_MAGIC || b->size != sizeof(*b))
		return false;
	END_TEXT(b->version);
	END_TEXT(b->key);
	END_TEXT(b->monitor.role);
	END_TEXT(b->monitor.missing);
	if (b->listens > CONFIG_LISTEN_MAX)
		b->listens = CONFIG_LISTEN_MAX;
	if (b->backends > SETTINGS_BACKENDS_MAX)
		b->backends = SETTINGS_BACKENDS_MAX;
	for (size_t i = 0; i < CONFIG_LISTEN_MAX; i++)
		END_TEXT(b->listen[i]);
	for (size_t i = 0; i < STATUS_CHILDREN_MAX; i++) {
		END_TEXT(b->child[i].role);
		END_TEXT(b->child[i].missing);
	}
	for (size_t i = 0; i < SETTINGS_BACKENDS_MAX; i++) {
		END_TEXT(b->backend[i].name);
		END_TEXT(b->backend[i].address);
		END_TEXT(b->backend[i].reason);
	}
	return true;
}

static int
read_from(int fd, const char *path, struct status_block *out)
{
	const struct timespec wait = {.tv_nsec = TRY_WAIT_NS};

	if (!is_alive(fd))
		return complain(CLI_NOT_RUNNING, path,
		    "of a run that has ended; pratiqued is not running");
	for (int i = 0; i < TRIES; i++) {
		if (!read_whole(fd, out)) {
			nanosleep(&wait, NULL);
			continue;
		}
		if (cli_take_block(out))
			return CLI_GOOD;
		break;
	}
	return complain(EX_OSERR, path,
	    "not written by a pratiqued of this version; restart the service");
}

int
cli_read_block(const char *run_dir, struct status_block *out)
{
	char path[PATH_MAX];
	int fd, status;

	if (snprintf(path, sizeof(path), "%s/" STATUS_FILE, run_dir) >=
	    (int)sizeof(path))
		return complain(EX_USAGE, run_dir, "is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1 && errno == ENOENT)
		return complain(CLI_NOT_RUNNING, path,
		    "not there; pratiqued is not running, or its run_dir is "
		    "another directory (-r)");
	if (fd == -1)
		return complain(EX_OSERR, path, strerror(errno));
	status = read_from(fd, path, out);
	close(fd);
	return status;
}
