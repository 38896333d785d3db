/* SPDX-License-Identifier: ISC */
/*
 * The boot block; see boot.h.  boot_make runs in pratiqued, boot_load in the
 * others before they are confined.
 */
#include "privsep/ipc/boot.h"
#include "lib/fd_numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "privsep/ipc/record.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

int
boot_make(const void *block, size_t size)
{
	int fd = memfd_create("pratique-boot", MFD_CLOEXEC | MFD_ALLOW_SEALING);

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

/* Memory of its own, not a mapping of the memfd: pages that are there when a
 * session is forked are there in the session, too. */
static const void *
load(size_t size)
{
	void *block = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED ||
	    pread(CHILD_FD_BOOT, block, size, 0) != (ssize_t)size ||
	    mprotect(block, size, PROT_READ) == -1)
		return NULL;
	return block;
}

const void *
boot_load(size_t size)
{
	struct stat st;
	const void *block = NULL;

	if (fstat(CHILD_FD_BOOT, &st) == 0 && st.st_size == (off_t)size &&
	    (fcntl(CHILD_FD_BOOT, F_GET_SEALS) & SEALS) == SEALS)
		block = load(size);
	close(CHILD_FD_BOOT);
	return block;
}
