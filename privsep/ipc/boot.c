/* SPDX-License-Identifier: ISC */
/*
 * The boot block; see boot.h.  boot_make runs in pratiqued, the others in the
 * processes that are started, before they are confined.
 */
#include "privsep/ipc/boot.h"
#include "lib/fd_numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/record.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

int
boot_make(const void *block, size_t size)
{
	int fd = memfd_create("pratique-boot", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ensure(size > 0);
	if (fd == -1)
		return -1;
	if (write(fd, block, size) != (ssize_t)size ||
	    fcntl(fd, F_ADD_SEALS, SEALS) == -1) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* The block as it is in the memfd; empty if it is not one that we accept. */
static struct span
map(void)
{
	struct stat st;
	void *block;

	if (fstat(CHILD_FD_BOOT, &st) == -1 || st.st_size <= 0 ||
	    (fcntl(CHILD_FD_BOOT, F_GET_SEALS) & SEALS) != SEALS)
		return span_of(NULL, 0);
	block = mmap(
	    NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, CHILD_FD_BOOT, 0);
	if (block == MAP_FAILED)
		return span_of(NULL, 0);
	return span_of(block, (size_t)st.st_size);
}

const void *
boot_load(size_t size)
{
	struct span block = map();

	close(CHILD_FD_BOOT);
	return block.len == size ? block.ptr : NULL;
}

struct span
boot_load_parts(const struct parts_shape *shape)
{
	struct span block = map();

	close(CHILD_FD_BOOT);
	return parts_check(block, shape) ? block : span_of(NULL, 0);
}

struct span
boot_copy(struct span block)
{
	void *copy = mmap(NULL, block.len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return span_of(NULL, 0);
	memcpy(copy, block.ptr, block.len);
	if (mprotect(copy, block.len, PROT_READ) == -1)
		return span_of(NULL, 0);
	return span_of(copy, block.len);
}
