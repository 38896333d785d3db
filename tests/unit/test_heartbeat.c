/* SPDX-License-Identifier: ISC */
/*
 * Who hangs is reported and ended, who is merely slow is not
 * (privsep/monitor/heartbeat.c); the clock and the children are the test's.
 */
#include "privsep/monitor/heartbeat.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/log.h"
#include "privsep/monitor/roles.h"

struct child children[CHILDREN_MAX];

static bool answers[CHILDREN_MAX];
static uint32_t asked[CHILDREN_MAX];
static int log_reader;

void
child_tell(const struct child *c, enum record_type type, int passfd)
{
	assert_int_equal(type, RECORD_PING);
	assert_int_equal(passfd, -1);
	asked[c - children]++;
}

void
child_cut_off(struct child *c)
{
	c->fd = -1;
}

void
child_log(const struct child *c, struct log_line *line, enum log_level level,
    const char *event)
{
	log_begin(line, level, event);
	log_text(line, "role", roles[c->role].name);
	log_number(line, "pid", (uint64_t)c->pid);
}

/* The next beat, so much later than it is due; who answers does it then. */
static void
beat(uint64_t late)
{
	heartbeat_run(late);
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (answers[i])
			children[i].unanswered = 0;
}

/* How often this stands in the log; the log is empty then. */
static int
logged(const char *what)
{
	char text[16384];
	ssize_t n = read(log_reader, text, sizeof(text) - 1);
	int count = 0;

	text[n > 0 ? n : 0] = '\0';
	for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
		count++;
	return count;
}

static int
setup(void **state)
{
	(void)state;
	memset(children, 0, sizeof(children));
	memset(answers, 0, sizeof(answers));
	memset(asked, 0, sizeof(asked));
	children[0] = (struct child){
	    .state = CHILD_UP, .role = ROLE_LISTENER, .pid = 10, .fd = 100};
	children[1] = (struct child){
	    .state = CHILD_UP, .role = ROLE_SCANNER, .pid = 11, .fd = 101};
	answers[0] = answers[1] = true;
	logged("\n");
	beat(0);
	return 0;
}

static void
test_all_well(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		beat(i % 2 * HEARTBEAT_LATE_MS);
	assert_int_equal(children[0].fd, 100);
	assert_int_equal(children[1].fd, 101);
	assert_int_equal(asked[0], 1001);
	assert_int_equal(asked[2], 0);
	assert_int_equal(logged("child-hung"), 0);
}

static void
test_hung(void **state)
{
	int beats = 0;

	(void)state;
	children[1].unanswered = 1;
	answers[1] = false;
	while (!heartbeat_hangs(&children[1])) {
		beat(0);
		beats++;
	}
	assert_in_range(beats, 2, 5);
	assert_int_equal(children[1].fd, 101);
	assert_int_equal(logged("event=child-hung role=scanner pid=11"), 1);
	while (children[1].fd != -1) {
		beat(0);
		beats++;
	}
	assert_in_range(beats, 4, 7);
	assert_int_equal(logged("child-hung"), 0); /* once */
	assert_int_equal(children[0].fd, 100);
	asked[1] = 0;
	beat(0);
	assert_int_equal(asked[1], 0); /* it is being ended */
}

/* An answer just before its end, again and again. */
static void
test_slow(void **state)
{
	(void)state;
	answers[1] = false;
	for (int i = 0; i < 100; i++) {
		for (int k = 1; k < HEARTBEAT_HUNG + HEARTBEAT_END; k++)
			beat(0);
		children[1].unanswered = 0;
		assert_false(heartbeat_hangs(&children[1]));
	}
	assert_int_equal(children[1].fd, 101);
}

/* The monitor did not get its turn either, or was stopped. */
static void
test_machine_slow(void **state)
{
	(void)state;
	answers[0] = answers[1] = false;
	for (int i = 0; i < 100; i++)
		beat(i % HEARTBEAT_HUNG == 0 ? HEARTBEAT_LATE_MS + 1 : 0);
	beat(3600000);
	assert_int_equal(children[0].fd, 100);
	assert_int_equal(logged("child-hung"), 0);
	/* Control: in time again, it counts. */
	for (int i = 0; i < HEARTBEAT_HUNG + HEARTBEAT_END; i++)
		beat(0);
	assert_int_equal(children[0].fd, -1);
	assert_int_equal(logged("child-hung"), 2);
}

/* A start may take longer; a retired listener is asked as well. */
static void
test_states(void **state)
{
	(void)state;
	answers[0] = answers[1] = false;
	children[0].state = CHILD_RETIRED;
	children[1].state = CHILD_STARTING;
	for (int i = 0; i <= HEARTBEAT_HUNG + HEARTBEAT_END; i++)
		beat(0);
	assert_int_equal(children[0].fd, -1);
	assert_int_equal(children[1].fd, 101);
	assert_int_equal(logged("child-hung"), 1);
	for (int i = 0; i < HEARTBEAT_START; i++)
		beat(0);
	assert_int_equal(children[1].fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_all_well, setup),
	    cmocka_unit_test_setup(test_hung, setup),
	    cmocka_unit_test_setup(test_slow, setup),
	    cmocka_unit_test_setup(test_machine_slow, setup),
	    cmocka_unit_test_setup(test_states, setup),
	};
	int fd[2];

	if (pipe2(fd, O_NONBLOCK) == -1)
		return 1;
	log_reader = fd[0];
	log_init(fd[1], LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	return cmocka_run_group_tests_name("heartbeat", tests, NULL, NULL);
}
