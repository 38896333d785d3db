/* SPDX-License-Identifier: ISC */
/* Memory for secrets; see vault.h. */
#include "keys/vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t
whole_pages(size_t size)
{
	size_t page = page_size();

	return (size + page - 1) / page * page;
}

/* A file of secret memory, or -1. */
static int
secret_file(size_t size)
{
	int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd != -1 && ftruncate(fd, (off_t)size) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The pages of fd between two that can not be touched. */
static void *
map_guarded(int fd, size_t size)
{
	size_t page = page_size();
	uint8_t *area = mmap(NULL, size + 2 * page, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *inside;

	if (area == MAP_FAILED)
		return NULL;
	inside = mmap(area + page, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_FIXED, fd, 0);
	if (inside != MAP_FAILED && madvise(inside, size, MADV_DONTFORK) == 0)
		return inside;
	munmap(area, size + 2 * page);
	return NULL;
}

static void *
make_secret(size_t size)
{
	size_t whole = whole_pages(size);
	int fd = secret_file(whole);
	void *memory;

	if (fd == -1)
		return NULL;
	memory = map_guarded(fd, whole);
	close(fd);
	return memory;
}

/* libsodium puts a block at the end of its pages. */
static void *
make_guarded(size_t size)
{
	size_t whole = whole_pages(size);
	uint8_t *memory = sodium_malloc(whole);

	if (memory == NULL)
		return NULL;
	if (sodium_mlock(memory, whole) == 0 &&
	    madvise(memory, whole, MADV_DONTDUMP) == 0 &&
	    madvise(memory, whole, MADV_DONTFORK) == 0) {
		sodium_memzero(memory, whole);
		return memory;
	}
	sodium_free(memory);
	return NULL;
}

bool
vault_make(struct vault *v, size_t size)
{
	*v = (struct vault){.memory = make_secret(size), .size = size};
	v->secret = v->memory != NULL;
	if (v->memory == NULL)
		v->memory = make_guarded(size);
	if (v->memory == NULL)
		return false;
	vault_lock(v);
	return true;
}

static void
protect(struct vault *v, int protection)
{
	if (mprotect(v->memory, whole_pages(v->size), protection) == -1)
		__builtin_trap();
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
