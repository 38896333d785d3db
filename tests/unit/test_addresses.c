/* SPDX-License-Identifier: ISC */
/*
 * The memory in which the resolver tells scanners the addresses of clamds: what
 * is taken from it, also when it holds nonsense, and that nobody but the
 * resolver can write to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>

#include "privsep/ipc/addresses.h"

static struct address
address_of(int family, const char *host, uint16_t port)
{
	struct address a = {.named = true};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	v4.sin_port = v6.sin6_port = htons(port);
	if (family == AF_INET6) {
		assert_int_equal(inet_pton(family, host, &v6.sin6_addr), 1);
		memcpy(&a.storage, &v6, sizeof(v6));
		a.len = sizeof(v6);
	} else {
		assert_int_equal(inet_pton(family, host, &v4.sin_addr), 1);
		memcpy(&a.storage, &v4, sizeof(v4));
		a.len = sizeof(v4);
	}
	return a;
}

static void
assert_same(const struct address *a, const struct address *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(&a->storage, &b->storage, a->len);
}

/* The host is taken, family and port are not. */
static void
set_and_get(void **state)
{
	struct addresses all = {0};
	struct address one = address_of(AF_INET, "192.0.2.1", 1);
	struct address six = address_of(AF_INET6, "2001:db8::1", 1);
	struct address a = address_of(AF_INET, "192.0.2.9", 3310);
	struct address b = address_of(AF_INET6, "::1", 3311);
	struct address want = address_of(AF_INET, "192.0.2.1", 3310);

	(void)state;
	assert_false(addresses_get(&all, 0, &a)); /* none is known */
	assert_true(addresses_set(&all, 0, &one));
	assert_false(addresses_set(&all, 0, &one));
	assert_true(addresses_get(&all, 0, &a));
	assert_same(&a, &want);
	assert_false(addresses_get(&all, 0, &a)); /* no change */

	assert_true(addresses_set(&all, 15, &six));
	assert_true(addresses_get(&all, 15, &b));
	want = address_of(AF_INET6, "2001:db8::1", 3311);
	assert_same(&b, &want);
	assert_false(addresses_get(&all, 1, &b));
}

/* One that was not known before. */
static void
becomes_known(void **state)
{
	struct addresses all = {0};
	struct address one = address_of(AF_INET, "192.0.2.1", 1);
	struct address a = address_of(AF_INET, "0.0.0.0", 3310);

	(void)state;
	a.len = 0;
	assert_false(addresses_get(&all, 3, &a));
	assert_int_equal(a.len, 0);
	assert_true(addresses_set(&all, 3, &one));
	assert_true(addresses_get(&all, 3, &a));
	assert_int_equal(a.len, sizeof(struct sockaddr_in));
	/* whichever it is */
	one = a = address_of(AF_INET, "0.0.0.0", 3310);
	a.len = 0;
	assert_true(addresses_set(&all, 4, &one));
	assert_true(addresses_get(&all, 4, &a));
	assert_int_equal(a.len, sizeof(struct sockaddr_in));
}

/* A resolver that was taken over can choose a host, and nothing else. */
static void
nonsense(void **state)
{
	struct addresses all;
	struct address a = address_of(AF_INET, "192.0.2.9", 3310);
	struct sockaddr_in got;

	(void)state;
	memset(&all, 0xff, sizeof(all));
	assert_false(addresses_get(&all, 0, &a)); /* odd, and not known */
	all.sequence = 8;
	assert_false(addresses_get(&all, 0, &a)); /* known is 255 */
	all.clamd[0].known = 1;
	assert_true(addresses_get(&all, 0, &a));
	memcpy(&got, &a.storage, sizeof(got));
	assert_int_equal(got.sin_family, AF_INET);
	assert_int_equal(ntohs(got.sin_port), 3310);
	all.sequence = 9; /* one is being written */
	all.clamd[0].host[0] = 1;
	assert_false(addresses_get(&all, 0, &a));
}

static void
shared(void **state)
{
	struct scanner_settings s = {.backends = 2};
	struct address a = address_of(AF_INET, "192.0.2.9", 3310);
	const struct addresses *view;
	struct addresses *all;
	int fd, other = memfd_create("other", 0);

	(void)state;
	s.backend[1].address = address_of(AF_INET, "192.0.2.2", 3310);
	fd = addresses_make(&s);
	assert_int_not_equal(fd, -1);
	all = addresses_map(fd);
	assert_non_null(all);
	view = addresses_view(fd);
	assert_non_null(view);
	assert_true(addresses_get(view, 1, &a)); /* known at the start */
	assert_false(addresses_get(view, 0, &a));
	a = address_of(AF_INET, "192.0.2.7", 1);
	assert_true(addresses_set(all, 0, &a));
	a = address_of(AF_INET, "192.0.2.9", 3310);
	assert_true(addresses_get(view, 0, &a));

	/* the resolver's mapping was the last one, and it has its size */
	assert_null(addresses_map(fd));
	assert_ptr_equal(
	    mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
	    MAP_FAILED);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(ftruncate(fd, 0), -1);

	/* something else in its place */
	assert_int_not_equal(other, -1);
	assert_null(addresses_view(other));
	assert_int_equal(ftruncate(other, sizeof(struct addresses)), 0);
	assert_null(addresses_view(other)); /* it could get shorter */
	assert_null(addresses_view(-1));
	close(other);
	other = memfd_create("other", MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(other, sizeof(struct addresses) - 1), 0);
	assert_int_equal(
	    fcntl(other, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	assert_null(addresses_view(other)); /* it is shorter */
	close(other);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_and_get),
	    cmocka_unit_test(becomes_known),
	    cmocka_unit_test(nonsense),
	    cmocka_unit_test(shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
