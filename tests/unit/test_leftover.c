/* SPDX-License-Identifier: ISC */
/*
 * What is at our paths already (privsep/start/leftover.c): each kind of file, link
 * and directory that is not ours stays, and what an earlier run left is taken.
 * Owners can be set by root only; without, those cases are skipped.
 */
#include "privsep/start/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/start/listen.h"

#define OTHER 4242 /* nobody's uid */
#define USER  4243 /* the daemon's */

static char top[] = "/tmp/test-leftover-XXXXXX";
static char why[512];

static int
bound(const char *path, int type, bool listening)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	if (listening)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static const char *put_in_place; /* of s/sock, when it is asked; or NULL */

/* The kernel's, and what another process may do meanwhile. */
int
connect(int fd, const struct sockaddr *address, socklen_t len)
{
	int result = (int)syscall(SYS_connect, fd, address, len);
	int saved = errno;

	if (put_in_place != NULL)
		assert_int_equal(rename(put_in_place, "s/sock"), 0);
	put_in_place = NULL;
	errno = saved;
	return result;
}

static void
left(const char *path)
{
	close(bound(path, SOCK_STREAM, true));
}

static void
put(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static bool
there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static bool
holds(const char *path, const char *text)
{
	char buf[64] = "";
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	buf[fread(buf, 1, sizeof(buf) - 1, in)] = '\0';
	fclose(in);
	return strcmp(buf, text) == 0;
}

/* Listens at s/sock as the daemon does; closed again at once. */
static bool
can_listen(void)
{
	static struct config c;
	struct address a = {0};
	int fd;

	c.socket_mode = 0600;
	c.socket_gid = (gid_t)-1;
	c.user_uid = USER;
	a.local.sun_family = AF_UNIX;
	snprintf(a.local.sun_path, sizeof(a.local.sun_path), "%s/s/sock", top);
	a.len = sizeof(a.local);
	fd = listen_open(&a, &c, why, sizeof(why));
	if (fd != -1)
		close(fd);
	return fd != -1;
}

static void
refused(const char *word)
{
	assert_false(can_listen());
	if (strstr(why, word) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", word, why);
	assert_true(there("s/sock"));
}

/* --- sockets ------------------------------------------------------------------ */

static void
test_nothing_there(void **state)
{
	(void)state;
	assert_true(can_listen());
}

static void
test_left_behind(void **state)
{
	(void)state;
	left("s/sock");
	assert_true(can_listen());
}

/* In /tmp, say. */
static void
test_sticky_directory(void **state)
{
	(void)state;
	left("s/sock");
	assert_int_equal(chmod("s", 01777), 0);
	assert_true(can_listen());
}

static void
test_answered(void **state)
{
	int fd = bound("s/sock", SOCK_STREAM, true);

	(void)state;
	refused("another process listens there");
	close(fd);
}

static void
test_other_kind_of_socket(void **state)
{
	int fd = bound("s/sock", SOCK_DGRAM, false);

	(void)state;
	refused("another process listens there");
	close(fd);
}

static void
test_regular_file(void **state)
{
	(void)state;
	put("s/sock", "precious");
	refused("not a socket");
	assert_true(holds("s/sock", "precious"));
}

static void
test_fifo(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("s/sock", 0600), 0);
	refused("not a socket");
}

static void
test_directory_in_the_way(void **state)
{
	(void)state;
	assert_int_equal(mkdir("s/sock", 0700), 0);
	refused("not a socket");
	rmdir("s/sock");
}

static void
test_link_to_file(void **state)
{
	(void)state;
	put("t", "precious");
	assert_int_equal(symlink("../t", "s/sock"), 0);
	refused("not a socket");
	assert_true(holds("t", "precious"));
}

static void
test_link_to_left_socket(void **state)
{
	(void)state;
	left("t");
	assert_int_equal(symlink("../t", "s/sock"), 0);
	refused("not a socket");
	assert_true(there("t"));
}

static void
test_dangling_link(void **state)
{
	(void)state;
	assert_int_equal(symlink("../nothing", "s/sock"), 0);
	refused("not a socket");
	assert_false(there("nothing"));
}

/* Somebody puts his file there after it was looked at. */
static void
test_replaced(void **state)
{
	(void)state;
	left("s/sock");
	put("t", "precious");
	put_in_place = "t";
	refused("cannot remove the socket that was left behind there");
	assert_true(holds("s/sock", "precious"));
}

static void
test_others_may_write(void **state)
{
	(void)state;
	left("s/sock");
	assert_int_equal(chmod("s", 0757), 0);
	refused("others can write to its directory (mode 0757)");
	assert_int_equal(chmod("s", 0775), 0);
	refused("others can write to its directory (mode 0775)");
	assert_int_equal(chmod("s", 0755), 0);
	assert_true(can_listen());
}

static void
test_owners(void **state)
{
	(void)state;
	assert_int_equal(geteuid(), 0); /* it needs root */
	left("s/sock");
	assert_int_equal(chown("s", OTHER, (gid_t)-1), 0);
	refused("its directory belongs to uid 4242");
	assert_int_equal(chown("s", USER, (gid_t)-1), 0);
	assert_int_equal(chown("s/sock", OTHER, (gid_t)-1), 0);
	refused("a socket of another user");
	assert_int_equal(chown("s/sock", USER, (gid_t)-1), 0);
	assert_true(can_listen());
}

/* --- files -------------------------------------------------------------------- */

static bool
begins_with_a(struct span head)
{
	return head.ptr[0] == 'a';
}

static bool
taken(const char *path)
{
	int fd =
	    leftover_file(path, 0640, "file", begins_with_a, why, sizeof(why));

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static void
not_taken(const char *path, const char *word)
{
	assert_false(taken(path));
	if (strstr(why, word) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", word, why);
}

static void
test_file(void **state)
{
	struct stat st;

	(void)state;
	assert_true(taken("f"));
	assert_true(taken("f")); /* empty */
	put("f", "abc");
	assert_int_equal(chmod("f", 0666), 0);
	assert_true(taken("f"));
	assert_true(holds("f", "abc"));
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
}

static void
test_file_of_somebody(void **state)
{
	(void)state;
	put("f", "precious");
	not_taken("f", "f is in the way of the file: it is not one; remove");
	assert_true(holds("f", "precious"));
}

static void
test_file_that_is_none(void **state)
{
	(void)state;
	put("t", "abc");
	assert_int_equal(symlink("t", "f"), 0);
	not_taken("f", "symbolic link");
	unlink("f");
	assert_int_equal(link("t", "f"), 0);
	not_taken("f", "hard link");
	unlink("f");
	assert_int_equal(mkfifo("f", 0600), 0);
	not_taken("f", "not a regular file");
	not_taken("s", "Is a directory");
}

static void
test_file_of_other(void **state)
{
	(void)state;
	assert_int_equal(geteuid(), 0); /* it needs root */
	put("f", "abc");
	assert_int_equal(chown("f", OTHER, (gid_t)-1), 0);
	not_taken("f", "another user");
}

static void
test_directory(void **state)
{
	(void)state;
	assert_true(leftover_directory("s", why, sizeof(why)));
	assert_int_equal(chmod("s", 0777), 0);
	assert_false(leftover_directory("s", why, sizeof(why)));
	assert_int_equal(symlink("/", "f"), 0);
	assert_false(leftover_directory("f", why, sizeof(why)));
	assert_int_equal(geteuid(), 0); /* it needs root */
	assert_int_equal(chmod("s", 0755), 0);
	assert_int_equal(chown("s", OTHER, (gid_t)-1), 0);
	assert_false(leftover_directory("s", why, sizeof(why)));
}

/* --- what becomes of a socket that was bound (listen.h) ---------------------- */

static void
test_settled(void **state)
{
	struct stat st;

	(void)state;
	left("s/sock");
	assert_true(listen_settle("s/sock", 0620, (gid_t)-1, why, sizeof(why)));
	assert_int_equal(lstat("s/sock", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0620);
	assert_int_equal(geteuid(), 0); /* it needs root */
	assert_true(listen_settle("s/sock", 0660, OTHER, why, sizeof(why)));
	assert_int_equal(lstat("s/sock", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(st.st_gid, OTHER);
}

/* Somebody was faster than our chown and chmod. */
static void
unsettled(const char *target)
{
	struct stat before, after;

	assert_int_equal(stat(target, &before), 0);
	assert_false(listen_settle("s/sock", 0666, OTHER, why, sizeof(why)));
	assert_non_null(strstr(why, "somebody has put something else"));
	assert_int_equal(stat(target, &after), 0);
	assert_int_equal(before.st_mode, after.st_mode);
	assert_int_equal(before.st_gid, after.st_gid);
}

static void
test_unsettled(void **state)
{
	(void)state;
	put("s/sock", "");
	unsettled("s/sock");
	unlink("s/sock");
	left("t");
	assert_int_equal(symlink("../t", "s/sock"), 0);
	unsettled("t");
	unlink("s/sock");
	left("s/sock");
	assert_int_equal(chown("s/sock", OTHER, OTHER), 0);
	unsettled("s/sock");
	unlink("s/sock");
	assert_false(listen_settle("s/sock", 0666, OTHER, why, sizeof(why)));
}

static int
setup(void **state)
{
	(void)state;
	unlink("s/sock");
	unlink("f");
	unlink("t");
	rmdir("s");
	return mkdir("s", 0755);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_there),
	    TEST(left_behind),
	    TEST(sticky_directory),
	    TEST(answered),
	    TEST(other_kind_of_socket),
	    TEST(regular_file),
	    TEST(fifo),
	    TEST(directory_in_the_way),
	    TEST(link_to_file),
	    TEST(link_to_left_socket),
	    TEST(dangling_link),
	    TEST(replaced),
	    TEST(others_may_write),
	    TEST(owners),
	    TEST(file),
	    TEST(file_of_somebody),
	    TEST(file_that_is_none),
	    TEST(file_of_other),
	    TEST(directory),
	    TEST(settled),
	    TEST(unsettled),
	};
	int failed;

	umask(022);
	if (mkdtemp(top) == NULL || chdir(top) == -1)
		return 1;
	failed = cmocka_run_group_tests_name("leftover", tests, NULL, NULL);
	setup(NULL);
	rmdir("s");
	return chdir("/") == -1 || rmdir(top) == -1 ? 1 : failed;
}
