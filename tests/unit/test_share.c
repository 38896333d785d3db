/* SPDX-License-Identifier: ISC */
/* Memory of messages among clients and listeners: scanner/base/share.c, and the
 * table of clients, scanner/flow.c. */
#include "scanner/base/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/network.h"
#include "scanner/base/memory.h"
#include "scanner/flow.h"

#define MAX  1000000
#define STEP 1000
#define MANY 2000

static struct share client[MANY], listener[3];

static int
setup(void **state)
{
	(void)state;
	memset(client, 0, sizeof(client));
	memset(listener, 0, sizeof(listener));
	share_setup(MAX);
	return 0;
}

static bool
take(size_t c, size_t l, uint64_t bytes)
{
	struct payer p = {.client = &client[c], .listener = &listener[l]};

	return share_take(&p, bytes);
}

static void
give(size_t c, size_t l, uint64_t bytes)
{
	struct payer p = {.client = &client[c], .listener = &listener[l]};

	share_give(&p, bytes);
}

/* All that these clients can get, taken by turns. */
static void
grab(size_t first, size_t count, size_t l, uint64_t step)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < count; i++)
			more |= take(first + i, l, step);
	}
}

static uint64_t
sum(void)
{
	return listener[0].held + listener[1].held + listener[2].held;
}

static void
test_alone(void **state)
{
	(void)state;
	assert_false(take(0, 0, MAX + 1));
	assert_false(take(0, 0, MAX));
	assert_true(take(0, 0, MAX / 2)); /* max_message_size at the most */
	grab(0, 1, 0, STEP);
	assert_in_range(
	    client[0].held, MAX * 2 / 3, MAX * 3 / 4 + 4 * STEP + MAX / 100);
	give(0, 0, client[0].held);
	assert_true(take(0, 0, MAX / 2));
}

/* However many there are, each gets the same, and the next one some too. */
static void
test_many(void **state)
{
	static const size_t counts[] = {2, 11, 100, MANY - 2};

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t n = counts[i];

		setup(state);
		grab(0, n, 0, 1);
		for (size_t k = 1; k < n; k++)
			assert_in_range(client[k].held,
			    client[0].held > 4 ? client[0].held - 4 : 0,
			    client[0].held + 4);
		assert_in_range(sum(), MAX / 2, MAX - 1);
		assert_true(take(n, 0, client[0].held / 16));
		assert_true(take(n + 1, 0, client[0].held / 16));
	}
}

/* Sessions that lie about their client are still those of their listener. */
static void
test_listener(void **state)
{
	uint64_t others;

	(void)state;
	for (size_t i = 0; i < MANY - 2; i++)
		grab(i, 1, 0, 1);
	others = MAX - sum();
	assert_in_range(listener[0].held, MAX / 2, MAX * 16 / 17 + 8);
	assert_true(take(MANY - 1, 1, others / 2));
}

/* A denied request changes nothing. */
static void
test_denied(void **state)
{
	(void)state;
	assert_true(take(0, 0, 1000));
	assert_false(take(0, 0, MAX));
	assert_false(take(1, 1, MAX * 9 / 10));
	assert_int_equal(client[0].held, 1000);
	assert_int_equal(client[1].held, 0);
	assert_int_equal(listener[0].held, 1000);
	assert_int_equal(listener[1].held, 0);
	give(0, 0, 1000);
	assert_int_equal(sum(), 0);
}

/* Without a limit that could be reached nothing overflows. */
static void
test_no_limit(void **state)
{
	(void)state;
	share_setup(UINT64_MAX);
	for (size_t i = 0; i < 100; i++)
		assert_true(take(i % 3, i % 2, UINT64_C(1) << 40));
}

/* Mail takes nothing from our own test messages, nor they from mail. */
static void
test_aside(void **state)
{
	(void)state;
	memory_setup(1000);
	grab(0, MANY, 0, 1);
	assert_true(memory_take(1000));
	assert_false(memory_take(1));
	give(0, 0, client[0].held);
	assert_true(take(0, 0, 1));
	memory_give(1000);
}

static void
key_of(uint32_t number, uint8_t key[RECORD_CLIENT])
{
	memset(key, 0, RECORD_CLIENT);
	memcpy(key + RECORD_CLIENT - sizeof(number), &number, sizeof(number));
}

static void
test_flows(void **state)
{
	static struct flow *flow[MANY];
	uint8_t key[RECORD_CLIENT];

	(void)state;
	assert_true(flow_setup(MANY));
	for (uint32_t turn = 0; turn < 3; turn++) {
		for (uint32_t i = 0; i < MANY / 2; i++) {
			key_of(i + turn, key);
			flow[i] = flow_join(key);
			assert_int_equal(flow[i]->messages, 1);
			assert_int_equal(flow[i]->tag[FLOW_LONG], 0);
			flow[i]->tag[FLOW_LONG] = i + 1;
		}
		for (uint32_t i = 0; i < MANY / 2; i++) {
			key_of(i + turn, key);
			assert_ptr_equal(flow_join(key), flow[i]);
			assert_memory_equal(flow[i]->client, key, sizeof(key));
		}
		for (uint32_t i = 0; i < MANY / 2; i++) {
			flow_leave(flow[i]);
			assert_int_equal(flow[i]->messages, 1);
			assert_int_equal(flow[i]->tag[FLOW_LONG], i + 1);
		}
		for (uint32_t i = MANY / 2; i > 0; i--)
			flow_leave(flow[i - 1]);
	}
}

/* Who is one client: an address of IPv4 however it is written, and a network of
 * IPv6. */
static void
test_clients(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "::ffff:192.0.2.1", true},
	    {"192.0.2.1", "192.0.2.2", false},
	    {"192.0.2.1", "::192.0.2.1", false},
	    {"2001:db8::1", "2001:db8::2", true},
	    {"2001:db8::1", "2001:db8::ffff:0:0:1", true},
	    {"2001:db8::1", "2001:db8:0:1::1", false},
	    {"2001:db8::1", "", false},
	    {"0.0.0.0", "", false},
	    {"unknown", "", true},
	    {"192.0.2.256", "localhost", true},
	};
	uint8_t one[NETWORK_CLIENT], other[NETWORK_CLIENT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		network_client(rows[i].one, one);
		network_client(rows[i].other, other);
		print_message("%s %s\n", rows[i].one, rows[i].other);
		assert_int_equal(
		    memcmp(one, other, sizeof(one)) == 0, rows[i].same);
	}
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_alone),
	    T(test_many),
	    T(test_listener),
	    T(test_denied),
	    T(test_no_limit),
	    T(test_aside),
	    T(test_flows),
	    T(test_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
