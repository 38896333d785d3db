/* SPDX-License-Identifier: ISC */
/* address_parse: every form, its limits, and what is said about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "config/config.h"

#define TEN	 "/234567890"
#define PATH_107 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "/234567"

static void
local_paths(void **state)
{
	static const char *const texts[] = {
	    "unix:/run/a.sock", "local:/run/a.sock"};
	struct address a;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_null(address_parse(texts[i], &a));
		assert_int_equal(a.any.sa_family, AF_UNIX);
		assert_string_equal(a.local.sun_path, "/run/a.sock");
		assert_int_equal(
		    a.len, offsetof(struct sockaddr_un, sun_path) + 12);
		assert_string_equal(a.text, texts[i]);
	}
	assert_null(address_parse("unix:" PATH_107, &a));
	assert_int_equal(a.len, sizeof(struct sockaddr_un));
	assert_string_equal(a.local.sun_path, PATH_107);
}

static void
inet(void **state)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	struct address a;

	(void)state;
	assert_null(address_parse("inet:3310@127.0.0.1", &a));
	assert_int_equal(a.len, sizeof(in4));
	memcpy(&in4, &a.storage, sizeof(in4));
	assert_int_equal(in4.sin_family, AF_INET);
	assert_int_equal(ntohs(in4.sin_port), 3310);
	assert_int_equal(ntohl(in4.sin_addr.s_addr), INADDR_LOOPBACK);

	assert_null(address_parse("inet:1@localhost", &a));
	memcpy(&in4, &a.storage, sizeof(in4));
	assert_int_equal(ntohl(in4.sin_addr.s_addr), INADDR_LOOPBACK);

	assert_null(address_parse("inet6:65535@::1", &a));
	assert_int_equal(a.len, sizeof(in6));
	memcpy(&in6, &a.storage, sizeof(in6));
	assert_int_equal(in6.sin6_family, AF_INET6);
	assert_int_equal(ntohs(in6.sin6_port), 65535);
	assert_memory_equal(
	    &in6.sin6_addr, &in6addr_loopback, sizeof(in6addr_loopback));
}

static void
refused(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
	    {"", "is not an address"},
	    {"/run/a.sock", "is not an address"},
	    {"tcp:1@localhost", "is not an address"},
	    {"Unix:/run/a", "is not an address"},
	    {"127.0.0.1:25", "is not an address"},
	    {"unix", "is not an address"},
	    {"unix:", "no absolute path"},
	    {"unix:run/a", "no absolute path"},
	    {"unix:@abstract", "no absolute path"},
	    {"local:./a", "no absolute path"},
	    {"unix:" PATH_107 "8", "at most 107 bytes"},
	    {"unix:" PATH_107 TEN TEN TEN, "at most 127 bytes"},
	    {"inet:3310", "names no host"},
	    {"inet:3310@", "names no host"},
	    {"inet6:3310@", "names no host"},
	    {"inet:@127.0.0.1", "no valid port"},
	    {"inet:0@127.0.0.1", "no valid port"},
	    {"inet:65536@127.0.0.1", "no valid port"},
	    {"inet:4294967297@127.0.0.1", "no valid port"},
	    {"inet:-1@127.0.0.1", "no valid port"},
	    {"inet:25x@127.0.0.1", "no valid port"},
	    {"inet:smtp@127.0.0.1", "no valid port"},
	    {"inet:25@::1", "IPv4 address"},
	    {"inet6:25@127.0.0.1", "IPv6 address"},
	    {"inet:25@name.invalid", "IPv4 address"},
	};
	struct address a;

	(void)state;
	memset(&a, 'x', sizeof(a));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = address_parse(rows[i].text, &a);

		if (why == NULL) {
			fail_msg("%s: accepted", rows[i].text);
			continue;
		}
		if (strstr(why, rows[i].what) == NULL)
			fail_msg("%s: %s", rows[i].text, why);
		assert_non_null(strchr(why, ';'));
	}
	assert_int_equal(a.text[0], 'x');
}

/* Names that are not known (RFC 6761 keeps .invalid for that) where they may
 * become so; everything else is refused as ever. */
static void
names(void **state)
{
	static const char *const refused_too[] = {"inet:25@::1",
	    "inet6:25@127.0.0.1", "inet:25@127.0.0.1.9", "inet:0@name.invalid",
	    "inet:25@", "inet:25@name invalid", "inet:25@n/a"};
	struct sockaddr_in in4;
	struct address a;

	(void)state;
	assert_null(address_parse_name("inet:25@name.invalid", &a));
	assert_int_equal(a.len, 0);
	assert_true(a.named);
	memcpy(&in4, &a.storage, sizeof(in4));
	assert_int_equal(in4.sin_family, AF_INET);
	assert_int_equal(ntohs(in4.sin_port), 25);
	assert_null(address_parse_name("inet6:25@name.invalid", &a));
	assert_int_equal(a.any.sa_family, AF_INET6);
	assert_null(address_parse_name("inet:25@localhost", &a));
	assert_true(a.named);
	assert_int_equal(a.len, sizeof(in4));
	assert_null(address_parse_name("inet:25@127.0.0.1", &a));
	assert_false(a.named);
	for (size_t i = 0; i < sizeof(refused_too) / sizeof(refused_too[0]);
	     i++) {
		if (address_parse_name(refused_too[i], &a) == NULL)
			fail_msg("%s: accepted", refused_too[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(local_paths),
	    cmocka_unit_test(inet),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
