/* SPDX-License-Identifier: ISC */
/*
 * Small units of the monitor: what signals mean, who is told that we are
 * ready, which files are ours, what the status file says, and what a scanner
 * may ask of the keys.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/record.h"
#include "privsep/monitor/footprint.h"
#include "privsep/monitor/key_service.h"
#include "privsep/monitor/notify.h"
#include "privsep/monitor/signals.h"
#include "privsep/monitor/status_write.h"

static void
test_signals(void **state)
{
	static const struct {
		int number;
		enum signals_wish wish;
	} rows[] = {
	    {SIGTERM, SIGNALS_STOP},
	    {SIGINT, SIGNALS_STOP},
	    {SIGQUIT, SIGNALS_STOP},
	    {SIGHUP, SIGNALS_RELOAD},
	    {SIGCHLD, SIGNALS_CHILD},
	};
	int fd = signals_open();

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(signals_next(fd), SIGNALS_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%d\n", rows[i].number);
		raise(rows[i].number);
		assert_int_equal(signals_next(fd), rows[i].wish);
		assert_int_equal(signals_next(fd), SIGNALS_NONE);
	}
	close(fd);
}

/* What has been said there, all of it. */
static const char *
heard(int fd)
{
	static char text[256];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? "-" : text;
}

/* A pair with one end at that descriptor; the other one is returned. */
static int
pair_at(int fd, int type)
{
	int pair[2], up;

	assert_int_equal(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair), 0);
	up = fcntl(pair[1], F_DUPFD_CLOEXEC, 100);
	if (pair[0] != fd) {
		assert_int_equal(dup2(pair[0], fd), fd);
		close(pair[0]);
	}
	if (pair[1] != fd)
		close(pair[1]);
	return up;
}

/* Each is told once that is there, and the launcher's end is closed. */
static void
test_notify(void **state)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
	int manager = pair_at(MONITOR_FD_MANAGER, SOCK_DGRAM);
	int launcher = pair_at(MONITOR_FD_LAUNCHER, SOCK_SEQPACKET);

	(void)state;
	notify_setup(false, false);
	notify_ready();
	notify_stopping();
	assert_string_equal(heard(manager), "-");
	assert_string_equal(heard(launcher), "-");
	notify_setup(true, true);
	notify_ready();
	assert_string_equal(
	    heard(manager), "READY=1\nSTATUS=taking connections");
	assert_int_equal(recv(launcher, &(char){0}, 1, MSG_DONTWAIT), 1);
	assert_string_equal(heard(launcher), ""); /* its end */
	close(launcher);
	/* Whatever has that number by then is not told. */
	launcher = pair_at(MONITOR_FD_LAUNCHER, SOCK_SEQPACKET);
	notify_ready();
	assert_string_equal(heard(launcher), "-");
	(void)heard(manager);
	notify_stopping();
	assert_string_equal(
	    heard(manager), "STOPPING=1\nSTATUS=finishing open sessions");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(manager);
	close(launcher);
	close(MONITOR_FD_MANAGER);
	close(MONITOR_FD_LAUNCHER);
}

/* Only what we made is removed. */
static void
test_footprint(void **state)
{
	static struct monitor_boot boot;
	char path[] = "/tmp/pratique-footprint-XXXXXX", other[64];
	struct stat st;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(stat(path, &st), 0);
	memcpy(boot.footprint[0].path, path, sizeof(path));
	boot.footprint[0].dev = st.st_dev;
	boot.footprint[0].ino = st.st_ino + 1;
	footprint_remove(&boot);
	assert_int_equal(access(path, F_OK), 0);
	boot.footprint[0].ino = st.st_ino;
	/* A link to it is another file. */
	snprintf(other, sizeof(other), "%s.2", path);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	footprint_remove(&boot);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(other, path), 0);
	footprint_remove(&boot);
	assert_int_equal(access(path, F_OK), -1);
}

/* A reader sees all of it, or that it is being changed. */
static void
test_status(void **state)
{
	int fd = memfd_create("status", 0);
	const struct status_block *seen;

	(void)state;
	assert_int_equal(ftruncate(fd, sizeof(*seen)), 0);
	seen = mmap(NULL, sizeof(*seen), PROT_READ, MAP_SHARED, fd, 0);
	assert_true(seen != MAP_FAILED);
	assert_true(status_map(fd));
	status_publish();
	assert_int_equal(seen->sequence, 0);
	for (uint32_t i = 1; i < 4; i++) {
		status_now.phase = i;
		status_publish();
		assert_int_equal(seen->sequence, 2 * i);
		assert_memory_equal(seen, &status_now, sizeof(*seen));
		status_publish();
		assert_int_equal(seen->sequence, 2 * i);
	}
	close(fd);
}

/* Where nothing is stamped or checked a scanner has nothing to ask. */
static void
test_no_keys(void **state)
{
	struct record_stamp stamp = {
	    .head = record_head(RECORD_STAMP, sizeof(stamp))};
	struct record_check check = {
	    .head = record_head(RECORD_CHECK, sizeof(check))};

	(void)state;
	assert_false(keys_request(-1, &stamp));
	assert_false(keys_request(-1, &check));
	assert_false(keys_reload());
}

/* One that claims what is the monitor's is no request: its end. */
static void
test_forged(void **state)
{
	static struct monitor_boot boot = {.stamp = {.add = true}};
	struct record_stamp stamp = {
	    .head = record_head(RECORD_STAMP, sizeof(stamp))};
	struct stamp claim = {
	    .time = 1, .database = 1, .database_time = 1, .engine = "x"};
	int pair[2];
	char why[256];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	if (!keys_setup(&boot, why, sizeof(why)))
		fail_msg("%s", why);
	stamp_encode(&claim, stamp.stamp);
	assert_false(keys_request(pair[0], &stamp));
	assert_string_equal(heard(pair[1]), "-");
	/* Without a key it is answered, with no stamp. */
	claim.time = 0;
	stamp_encode(&claim, stamp.stamp);
	assert_true(keys_request(pair[0], &stamp));
	assert_string_not_equal(heard(pair[1]), "-");
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_signals),
	    cmocka_unit_test(test_notify),
	    cmocka_unit_test(test_footprint),
	    cmocka_unit_test(test_status),
	    cmocka_unit_test(test_no_keys),
	    cmocka_unit_test(test_forged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
