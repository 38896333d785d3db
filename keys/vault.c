/* SPDX-License-Identifier: ISC */
/* Memory for secrets; see vault.h. */
#include "keys/vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ensure.h"

static size_t
whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

bool
vault_map(struct vault *v, int fd, size_t size)
{
	size_t page = whole_pages(1), whole = whole_pages(size);
	uint8_t *area = mmap(NULL, whole + 2 * page, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *inside;

	if (area == MAP_FAILED)
		return false;
	inside = mmap(area + page, whole, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_FIXED, fd, 0);
	if (inside == MAP_FAILED) {
		munmap(area, whole + 2 * page);
		return false;
	}
	v->memory = inside;
	v->size = size;
	v->fd = fd;
	return true;
}

/* Keeps the pages where they are, and out of children and core files.  Those
 * of memfd_secret are locked by themselves. */
static bool
hold(const struct vault *v)
{
	size_t whole = whole_pages(v->size);

	return (v->secret || mlock(v->memory, whole) == 0) &&
	       madvise(v->memory, whole, MADV_DONTDUMP) == 0 &&
	       madvise(v->memory, whole, MADV_DONTFORK) == 0;
}

static bool
make(struct vault *v, int fd, size_t size, bool secret)
{
	if (fd == -1)
		return false;
	v->secret = secret;
	if (ftruncate(fd, (off_t)whole_pages(size)) == 0 &&
	    vault_map(v, fd, size)) {
		if (hold(v))
			return true;
		munmap(v->memory, whole_pages(size));
		v->memory = NULL;
	}
	close(fd);
	return false;
}

bool
vault_make(struct vault *v, size_t size)
{
	*v = (struct vault){.fd = -1};
	if (!make(v, (int)syscall(SYS_memfd_secret, O_CLOEXEC), size, true) &&
	    !make(v, memfd_create("pratique-keys", MFD_CLOEXEC), size, false))
		return false;
	vault_lock(v);
	return true;
}

static void
protect(struct vault *v, int protection)
{
	ensure(mprotect(v->memory, whole_pages(v->size), protection) == 0);
}

void
vault_unlock(struct vault *v)
{
	protect(v, PROT_READ | PROT_WRITE);
}

void
vault_lock(struct vault *v)
{
	protect(v, PROT_READ);
}

void
vault_wipe(struct vault *v)
{
	if (v->memory == NULL)
		return;
	vault_unlock(v);
	sodium_memzero(v->memory, v->size);
	vault_lock(v);
}
