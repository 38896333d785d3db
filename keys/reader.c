/* SPDX-License-Identifier: ISC */
/*
 * Keys from files; see reader.h.  A file's bytes go straight into the vault: no
 * secret is ever anywhere else, except in registers and in what libsodium
 * wipes.
 */
#include "keys/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where systemd puts credentials: its files may have a group that can read,
 * which is how it shows an access list for the service's user. */
#define CREDENTIALS "/run/credentials/"

/* The ring being read. */
struct loading {
	struct keyring_pages *safe;
	const char *dir; /* "" for files given one by one */
};

/* --- one file ------------------------------------------------------------- */

static bool
refuse(struct loading *l, const char *file, const char *what)
{
	snprintf(l->safe->why, sizeof(l->safe->why), "%s%s%s: %s", l->dir,
	    *l->dir == '\0' || *file == '\0' ? "" : "/", file, what);
	return false;
}

/* NULL, or why nobody should trust a key in there. */
static const char *
distrust(const struct stat *st, bool credential)
{
	mode_t mode = st->st_mode & 07777;

	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs to another user; fix it with: chown root FILE";
	if (mode != 0400 && !(credential && mode == 0440))
		return "is not of mode 0400; fix it with: chmod 0400 FILE, and "
		       "consider who could read it until now";
	if (st->st_size > KEY_FILE_MAX)
		return "is too long for a key file";
	return NULL;
}

/* Reads the file into the safe; its length, or -1 with a complaint. */
static ssize_t
read_text(struct loading *l, int fd, const char *file)
{
	bool credential = strncmp(*l->dir == '\0' ? file : l->dir, CREDENTIALS,
			      strlen(CREDENTIALS)) == 0;
	const char *why = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		why = strerror(errno);
	else
		why = distrust(&st, credential);
	if (why != NULL) {
		refuse(l, file, why);
		return -1;
	}
	n = read(fd, l->safe->text, KEY_FILE_MAX);
	if (n == -1)
		refuse(l, file, strerror(errno));
	return n;
}

static const char *
refuse_twin(const struct keyring *ring, const struct key *key)
{
	for (uint32_t i = 0; i < ring->count; i++) {
		if (strcmp(ring->key[i].id, key->id) == 0)
			return "has the id of another key";
		if (sodium_memcmp(
			ring->key[i].secret, key->secret, KEY_SECRET) == 0)
			return "has the secret of another key";
	}
	if (key->stamps && ring->stamping != 0)
		return "is a second one with \"use stamp\"";
	return NULL;
}

/* Adds the file's key to those that are in the ring already. */
static bool
add_key(struct loading *l, const char *file, size_t len)
{
	struct keyring *ring = &l->safe->ring;
	struct key *key;
	const char *why;

	if (ring->count == KEYRING_MAX)
		return refuse(l, file, "is one too many; the most is 64 keys");
	key = &ring->key[ring->count];
	why = key_file_parse(span_of(l->safe->text, len), key);
	if (why == NULL)
		why = refuse_twin(ring, key);
	if (why != NULL)
		return refuse(l, file, why);
	if (key->stamps)
		ring->stamping = ring->count + 1;
	ring->count++;
	return true;
}

static bool
load_file(struct loading *l, int dir, const char *file)
{
	/* Not blocking, lest a FIFO holds us up before it is refused. */
	int fd = openat(dir, file,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
	bool added;
	ssize_t n;

	if (fd == -1 && errno == ELOOP)
		return refuse(
		    l, file, "is a symbolic link; put the file itself there");
	if (fd == -1)
		return refuse(l, file, strerror(errno));
	n = read_text(l, fd, file);
	close(fd);
	added = n != -1 && add_key(l, file, (size_t)n);
	sodium_memzero(l->safe->text, sizeof(l->safe->text));
	return added;
}

/* --- a directory ---------------------------------------------------------- */

static bool
is_key_file(const char *name)
{
	size_t len = strlen(name), suffix = strlen(KEYRING_SUFFIX);

	return len > suffix && name[0] != '.' &&
	       strcmp(name + len - suffix, KEYRING_SUFFIX) == 0;
}

/* The names of one buffer full of directory entries. */
static bool
load_entries(struct loading *l, int dir, const char *entries, size_t len)
{
	for (size_t at = 0; at < len;) {
		const struct dirent64 *e = (const void *)(entries + at);

		if (is_key_file(e->d_name) && !load_file(l, dir, e->d_name))
			return false;
		at += e->d_reclen;
	}
	return true;
}

/* getdents64 itself: opendir would allocate, and ask more of the kernel. */
static bool
load_dir(struct loading *l)
{
	_Alignas(struct dirent64) char entries[4096];
	int dir = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = true;
	ssize_t n = 0;

	if (dir == -1 && errno == ENOENT)
		return refuse(l, "",
		    "there is no such directory; make a key with pratique key "
		    "new, or set key_dir");
	if (dir == -1)
		return refuse(l, "", strerror(errno));
	while (ok && (n = getdents64(dir, entries, sizeof(entries))) > 0)
		ok = load_entries(l, dir, entries, (size_t)n);
	if (n == -1)
		ok = refuse(l, "", strerror(errno));
	close(dir);
	return ok;
}

static bool
fits(struct loading *l, const char *stamping, bool must_stamp)
{
	const struct keyring *ring = &l->safe->ring;

	if (ring->count == 0)
		return refuse(
		    l, "", "there is no key in it; see pratique key new");
	if (ring->stamping == 0)
		return !must_stamp ||
		       refuse(l, "",
			   "no key with \"use stamp\", but stamp.add = yes; "
			   "make one with pratique key new --use stamp");
	if (*stamping != '\0' &&
	    strcmp(ring->key[ring->stamping - 1].id, stamping) != 0)
		return refuse(l, "",
		    "the key with \"use stamp\" is not the one "
		    "that stamp.key names");
	return true;
}

bool
reader_dir(struct keyring_pages *pages, const char *dir, const char *stamping,
    bool must_stamp)
{
	struct loading l = {.safe = pages, .dir = dir};

	return load_dir(&l) && fits(&l, stamping, must_stamp);
}

bool
reader_load(const char *dir, const char *stamping, bool must_stamp, char *why,
    size_t size)
{
	bool ok = reader_dir(keyring_begin(), dir, stamping, must_stamp);

	return keyring_finish(ok, why, size);
}

bool
reader_load_files(char *const *file, size_t files, char *why, size_t size)
{
	struct loading l = {.safe = keyring_begin(), .dir = ""};
	bool ok = true;

	for (size_t i = 0; ok && i < files; i++)
		ok = load_file(&l, AT_FDCWD, file[i]);
	return keyring_finish(ok, why, size);
}
