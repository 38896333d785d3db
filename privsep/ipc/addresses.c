/* SPDX-License-Identifier: ISC */
/*
 * Addresses that change; see addresses.h.  In pratiqued, resolver and scanner.
 */
#include "privsep/ipc/addresses.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ensure.h"

/* Linux 5.1; the headers may be older. */
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

#define SIZE_SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

/* Where the host stands in a socket address, and how long it is. */
static uint8_t *
host_of(struct address *a, size_t *len)
{
	uint8_t *at = (uint8_t *)&a->storage;

	if (a->any.sa_family == AF_INET6) {
		*len = sizeof(struct in6_addr);
		return at + offsetof(struct sockaddr_in6, sin6_addr);
	}
	*len = sizeof(struct in_addr);
	return at + offsetof(struct sockaddr_in, sin_addr);
}

int
addresses_make(const struct scanner_settings *s)
{
	struct addresses first = {0};
	int fd =
	    memfd_create("pratique-addresses", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ensure(s->backends <= SETTINGS_BACKENDS_MAX);
	for (uint32_t i = 0; i < s->backends; i++) {
		const struct address *a = &s->backend[i].address;

		if (a->named && a->len != 0)
			(void)addresses_set(&first, i, a);
	}
	if (fd != -1 &&
	    (write(fd, &first, sizeof(first)) != (ssize_t)sizeof(first) ||
		fcntl(fd, F_ADD_SEALS, SIZE_SEALS) == -1)) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

struct addresses *
addresses_map(int fd)
{
	void *at = mmap(NULL, sizeof(struct addresses), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return NULL;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) == -1) {
		int saved = errno;
		munmap(at, sizeof(struct addresses));
		errno = saved;
		return NULL;
	}
	return at;
}

const struct addresses *
addresses_view(int fd)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) == -1 || st.st_size != sizeof(struct addresses) ||
	    (fcntl(fd, F_GET_SEALS) & SIZE_SEALS) != SIZE_SEALS)
		return NULL;
	at = mmap(NULL, sizeof(struct addresses), PROT_READ, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

bool
addresses_set(struct addresses *all, uint32_t index, const struct address *a)
{
	struct address copy = *a;
	size_t len;
	const uint8_t *host = host_of(&copy, &len);

	ensure(index < SETTINGS_BACKENDS_MAX);
	if (all->clamd[index].known == 1 &&
	    memcmp(all->clamd[index].host, host, len) == 0)
		return false;
	__atomic_add_fetch(&all->sequence, 1, __ATOMIC_SEQ_CST);
	memcpy(all->clamd[index].host, host, len);
	all->clamd[index].known = 1;
	__atomic_add_fetch(&all->sequence, 1, __ATOMIC_SEQ_CST);
	return true;
}

/* What the memory says may change at any time, so it is looked at once. */
bool
addresses_get(const struct addresses *all, uint32_t index, struct address *a)
{
	uint32_t before = __atomic_load_n(&all->sequence, __ATOMIC_SEQ_CST);
	uint8_t found[sizeof(all->clamd[0].host)];
	size_t len;
	uint8_t *host = host_of(a, &len);
	bool known;

	ensure(index < SETTINGS_BACKENDS_MAX && len <= sizeof(found));
	known = all->clamd[index].known == 1;
	memcpy(found, all->clamd[index].host, sizeof(found));
	if (!known || (before & 1) != 0 ||
	    __atomic_load_n(&all->sequence, __ATOMIC_SEQ_CST) != before ||
	    (a->len != 0 && memcmp(host, found, len) == 0))
		return false;
	memcpy(host, found, len);
	a->len = a->any.sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in);
	return true;
}
