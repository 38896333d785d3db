/* SPDX-License-Identifier: ISC */
/*
 * Canaries: scanner/clamd/canary.c and scanner/clamd/gzip.c.  Whether they are the mails and
 * archives that they should be is judged by tar and gzip; that clamd finds what
 * is in them is shown by every test with a real one.
 */
#include "scanner/clamd/canary.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)
#define MB    (UINT64_C(1) << 20)
/* In two parts, so that nothing finds it in this file. */
#define EICAR                                          \
	"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" \
	"ANTIVIRUS-TEST-FILE!$H+H*"

static int
set_up(void **state)
{
	(void)state;
	memory_setup(64 * MB);
	if (!stream_setup(100 * MB))
		return -1;
	canary_setup();
	return 0;
}

/* All of a memfd, which has written bytes and is sealed; to be freed. */
static char *
content(int memfd, uint64_t written)
{
	struct stat st;
	char *text = malloc(written + 1);

	assert_non_null(text);
	assert_int_equal(fstat(memfd, &st), 0);
	assert_int_equal(st.st_size, written);
	assert_int_equal(fcntl(memfd, F_GET_SEALS), SEALS);
	assert_int_equal(pread(memfd, text, written, 0), (ssize_t)written);
	text[written] = '\0';
	return text;
}

/* The attachment of a canary, decoded, in a file of its own. */
static int
attachment(int memfd, uint64_t written)
{
	char *text = content(memfd, written);
	char *body = strstr(text, "\r\n\r\n");
	uint8_t *raw = malloc(written);
	int fd = memfd_create("attachment", 0);
	size_t len;

	assert_int_equal(
	    strncmp(text, "Received: from pratique by localhost id ", 40), 0);
	assert_non_null(strstr(text, "\r\nContent-Transfer-Encoding: base64"));
	assert_non_null(body);
	assert_non_null(raw);
	body += 4;
	assert_int_equal(
	    sodium_base642bin(raw, written, body, strlen(body), "\r\n", &len,
		NULL, sodium_base64_VARIANT_ORIGINAL),
	    0);
	assert_int_equal(write(fd, raw, len), (ssize_t)len);
	free(raw);
	free(text);
	return fd;
}

/* The output of a shell command that finds fd as descriptor 9. */
static char *
output(const char *command, int fd, int *status)
{
	static char out[4096];
	FILE *pipe;
	size_t n;

	assert_int_equal(dup2(fd, 9), 9);
	pipe = popen(command, "r"); // NOLINT(cert-env33-c): our own words
	assert_non_null(pipe);
	n = fread(out, 1, sizeof(out) - 1, pipe);
	out[n] = '\0';
	*status = pclose(pipe);
	close(9);
	return out;
}

static void
assert_says(const char *command, int fd, const char *want)
{
	int status;
	char *got = output(command, fd, &status);

	assert_int_equal(status, 0);
	assert_string_equal(got, want);
}

static void
test_padded(void **state)
{
	static const uint64_t size[] = {CANARY_SMALL, 100000, CANARY_MIDDLE};

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		uint64_t written;
		int memfd = canary_make(size[i], &written);
		int fd = attachment(memfd, written);

		assert_in_range(written, size[i] - 1024, size[i]);
		assert_says(
		    "tar -tf /proc/self/fd/9", fd, "padding\neicar.com\n");
		assert_says("tar -xOf /proc/self/fd/9 eicar.com", fd, EICAR);
		close(fd);
		stream_release(memfd, written);
	}
}

static void
assert_archive(int fd, uint64_t size)
{
	char want[32];

	(void)snprintf(want, sizeof(want), "%llu\n",
	    (unsigned long long)(size > 2560 ? size : 2560));
	assert_says("gzip -dc </proc/self/fd/9 | wc -c", fd, want);
	assert_says("gzip -dc </proc/self/fd/9 | tar -tf - | sed 's/-.*//'", fd,
	    "eicar\n");
	assert_says("gzip -dc </proc/self/fd/9 | "
		    "tar -xOf - --wildcards 'eicar-*.com.gz' | gzip -dc",
	    fd, EICAR);
	/* It is not to be found in anything but its own file. */
	assert_says("gzip -dc </proc/self/fd/9 | "
		    "cat /proc/self/fd/9 - | grep -c STANDARD; :",
	    fd, "0\n");
	/* All the rest are zeros. */
	assert_says("test $(gzip -dc </proc/self/fd/9 | tr -d '\\000' | "
		    "wc -c) -lt 500",
	    fd, "");
}

static void
test_packed(void **state)
{
	/* The least, lengths that are no multiple of a run, 258 bytes. */
	static const uint64_t size[] = {
	    512, CANARY_SMALL, 65536, MB, 10 * MB, 10 * MB + 512};

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		uint64_t written;
		int memfd = canary_packed(size[i], false, &written);
		int fd = attachment(memfd, written);

		assert_in_range(written, 500, 5000 + size[i] / 100);
		assert_archive(fd, size[i]);
		close(fd);
		stream_release(memfd, written);
	}
}

/* With a part in front that unpacks to as much. */
static void
test_weighted(void **state)
{
	static const char *const part[] = {"weight.gz", "tar.gz"};
	uint64_t written;
	int memfd = canary_packed(3 * MB, true, &written);
	char *text = content(memfd, written);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *from = strstr(text, part[i]);
		uint8_t *raw = malloc(written);
		int fd = memfd_create("part", 0);
		const char *end;
		size_t len;

		assert_non_null(from);
		from = strstr(from, "\r\n\r\n") + 4;
		(void)sodium_base642bin(raw, written, from, strlen(from),
		    "\r\n", &len, &end, sodium_base64_VARIANT_ORIGINAL);
		assert_int_equal(strncmp(end, "--part", 6), 0);
		assert_int_equal(write(fd, raw, len), (ssize_t)len);
		if (i == 0)
			assert_says("gzip -dc </proc/self/fd/9 | wc -c", fd,
			    "3145728\n");
		else
			assert_archive(fd, 3 * MB);
		close(fd);
		free(raw);
	}
	free(text);
	stream_release(memfd, written);
}

/* The control: gzip does look at the checksum. */
static void
test_damaged(void **state)
{
	uint64_t written;
	int status, memfd = canary_packed(MB, false, &written);
	int fd = attachment(memfd, written);
	off_t end = lseek(fd, 0, SEEK_END);
	uint8_t byte;

	(void)state;
	(void)output("gzip -t </proc/self/fd/9", fd, &status);
	assert_int_equal(status, 0);
	/* One bit of the checksum, which stands before the length. */
	assert_int_equal(pread(fd, &byte, 1, end - 8), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, end - 8), 1);
	(void)output("gzip -t </proc/self/fd/9 2>/dev/null", fd, &status);
	assert_int_not_equal(status, 0);
	close(fd);
	stream_release(memfd, written);
}

static void
test_nested(void **state)
{
	uint64_t written;
	int memfd = canary_nest(&written);

	(void)state;
	free(content(memfd, written));
	/* Unpacked until it is no gzip file any more. */
	assert_says("f=$(mktemp) && cat </proc/self/fd/9 >$f && n=0; "
		    "while gzip -dc <$f >$f.1 2>/dev/null; do mv $f.1 $f; "
		    "n=$((n+1)); done; rm -f $f $f.1; echo $n",
	    memfd, "210\n");
	stream_release(memfd, written);
}

/* What clamd has seen once it might know again. */
static void
test_never_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t written[2];
		int memfd[2];

		for (size_t k = 0; k < 2; k++)
			memfd[k] = i == 0
				       ? canary_make(CANARY_SMALL, &written[k])
				       : canary_packed(
					     CANARY_SMALL, false, &written[k]);
		char *text[2] = {content(memfd[0], written[0]),
		    content(memfd[1], written[1])};

		assert_string_not_equal(
		    strstr(text[0], "\r\n"), strstr(text[1], "\r\n"));
		for (size_t k = 0; k < 2; k++) {
			free(text[k]);
			stream_release(memfd[k], written[k]);
		}
	}
}

static void
test_no_memory(void **state)
{
	uint64_t written;

	(void)state;
	assert_true(memory_take(64 * MB));
	assert_int_equal(canary_make(CANARY_SMALL, &written), -1);
	assert_int_equal(canary_packed(CANARY_SMALL, true, &written), -1);
	assert_int_equal(canary_nest(&written), -1);
	memory_give(64 * MB);
	assert_true(memory_take(64 * MB));
	memory_give(64 * MB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_padded),
	    cmocka_unit_test(test_packed),
	    cmocka_unit_test(test_weighted),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_nested),
	    cmocka_unit_test(test_never_the_same),
	    cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
