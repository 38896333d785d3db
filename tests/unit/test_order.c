/* SPDX-License-Identifier: ISC */
/*
 * What the monitor sends: scanner/order.c with the real form of records, and
 * whoever is told something by it stood in for.
 */
#include "scanner/order.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/peer.h"
#include "scanner/stamping.h"

static uint8_t incoming[512];
static ssize_t incoming_len; /* -1: errno, as it is now */
static int incoming_fd;
static char told; /* who was told, by the first letter */
static uint32_t told_link;
static int told_fd;
static bool answer_fits;

ssize_t
channel_recv(int fd, void *buf, size_t cap, int *passed)
{
	assert_int_equal(fd, CHILD_FD_MONITOR);
	*passed = incoming_fd;
	if (incoming_len > 0) {
		assert_true((size_t)incoming_len <= cap);
		memcpy(buf, incoming, (size_t)incoming_len);
	}
	return incoming_len;
}

void
peer_add(int fd, uint32_t link)
{
	told = 'a';
	told_fd = fd;
	told_link = link;
}

void
peer_gone(uint32_t link)
{
	told = 'g';
	told_link = link;
}

void
peer_retire(uint32_t link)
{
	told = 'r';
	told_link = link;
}

void
log_retry_replace(int fd)
{
	told = 'l';
	told_fd = fd;
}

void
monitor_send_plain(enum record_type type)
{
	assert_int_equal(type, RECORD_PONG);
	told = 'p';
}

bool
stamping_answer(struct span record)
{
	told = record_type_of(record) == RECORD_STAMPED ? 's' : 'c';
	return answer_fits;
}

/* The record comes, of that size and with that descriptor. */
static enum order
takes(enum record_type type, size_t size, int fd)
{
	struct record_gone record = {
	    .head = record_head(type, size), .link = 77};

	memset(incoming, 0, sizeof(incoming));
	memcpy(
	    incoming, &record, size < sizeof(record) ? size : sizeof(record));
	incoming_len = (ssize_t)size;
	incoming_fd = fd;
	told = 0;
	told_link = 0;
	told_fd = -1;
	return order_input();
}

static void
test_orders(void **state)
{
	static const struct {
		enum record_type type;
		size_t size;
		int fd;
		char told;
		uint32_t link;
		enum order order;
	} row[] = {
	    {RECORD_STOP, sizeof(struct record_plain), -1, 0, 0, ORDER_STOP},
	    {RECORD_PEER, sizeof(struct record_peer), 900, 'a', 77,
		ORDER_NOTHING},
	    {RECORD_GONE, sizeof(struct record_gone), -1, 'g', 77,
		ORDER_NOTHING},
	    {RECORD_RETIRED, sizeof(struct record_gone), -1, 'r', 77,
		ORDER_NOTHING},
	    {RECORD_LOG, sizeof(struct record_plain), 901, 'l', 0,
		ORDER_NOTHING},
	    {RECORD_PING, sizeof(struct record_plain), -1, 'p', 0,
		ORDER_NOTHING},
	    {RECORD_STAMPED, sizeof(struct record_stamped), -1, 's', 0,
		ORDER_NOTHING},
	    {RECORD_CHECKED, sizeof(struct record_checked), -1, 'c', 0,
		ORDER_NOTHING},
	};

	(void)state;
	answer_fits = true;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(
		    takes(row[i].type, row[i].size, row[i].fd), row[i].order);
		assert_int_equal(told, row[i].told);
		assert_int_equal(told_link, row[i].link);
		assert_int_equal(told_fd, row[i].fd);
		/* Too short, and without what it carries or with more. */
		assert_int_equal(takes(row[i].type, row[i].size - 1,
				     row[i].fd == -1 ? -1 : dup(2)),
		    ORDER_BROKEN);
		assert_int_equal(told, 0);
		assert_int_equal(takes(row[i].type, row[i].size,
				     row[i].fd == -1 ? dup(2) : -1),
		    ORDER_BROKEN);
		assert_int_equal(told, 0);
	}
}

/* Nobody takes what others send, and no descriptor stays. */
static void
test_others(void **state)
{
	int fd = dup(2);

	(void)state;
	assert_int_equal(
	    takes(RECORD_PONG, sizeof(struct record_plain), fd), ORDER_BROKEN);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(
	    takes(RECORD_BEGIN, sizeof(struct record_plain), -1), ORDER_BROKEN);
	assert_int_equal(
	    takes(RECORD_TYPES, sizeof(struct record_plain), -1), ORDER_BROKEN);
	assert_int_equal(takes(RECORD_STOP, 3, -1), ORDER_BROKEN);
	assert_int_equal(told, 0);
}

/* An answer that fits no question. */
static void
test_answer(void **state)
{
	(void)state;
	answer_fits = false;
	assert_int_equal(
	    takes(RECORD_STAMPED, sizeof(struct record_stamped), -1),
	    ORDER_BROKEN);
	assert_int_equal(told, 's');
}

static void
test_no_record(void **state)
{
	(void)state;
	incoming_fd = -1;
	incoming_len = 0;
	assert_int_equal(order_input(), ORDER_GONE);
	incoming_len = -1;
	errno = EAGAIN;
	assert_int_equal(order_input(), ORDER_NOTHING);
	errno = EINTR;
	assert_int_equal(order_input(), ORDER_NOTHING);
	errno = EBADMSG;
	assert_int_equal(order_input(), ORDER_BROKEN);
	errno = ECONNRESET;
	assert_int_equal(order_input(), ORDER_GONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_orders),
	    cmocka_unit_test(test_others),
	    cmocka_unit_test(test_answer),
	    cmocka_unit_test(test_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
