/* SPDX-License-Identifier: ISC */
/* SHA-256: lib/sha256.c, by the examples of FIPS 180-4 and beside libsodium. */
#include "lib/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

static void
digest_of(struct span s, size_t piece, uint8_t out[static SHA256_BYTES])
{
	struct cursor c = cursor_of(s);
	struct sha256 h;

	sha256_begin(&h);
	while (!cursor_empty(&c)) {
		assert_true(
		    cursor_take(&c, piece < c.left ? piece : c.left, &s));
		sha256_bytes(&h, s);
	}
	sha256_end(&h, out);
}

static void
test_examples(void **state)
{
	static const struct {
		const char *text, *digest;
	} table[] = {
	    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
		 "b855"},
	    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f"
		    "20015ad"},
	    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db0"
		"6c1"},
	    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee"
		"9d1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (size_t piece = 1; piece < 70; piece++) {
			uint8_t digest[SHA256_BYTES];
			char hex[2 * SHA256_BYTES + 1];

			digest_of(span_text(table[i].text), piece, digest);
			sodium_bin2hex(
			    hex, sizeof(hex), digest, sizeof(digest));
			assert_string_equal(hex, table[i].digest);
		}
	}
}

/* A million times "a". */
static void
test_million(void **state)
{
	static uint8_t text[1000000];
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	digest_of(span_of(text, sizeof(text)), 977, digest);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a4972"
				 "00e046d39ccc7112cd0");
}

/* Any length, in pieces of any. */
static void
test_sodium(void **state)
{
	static uint8_t text[4096];

	(void)state;
	assert_true(sodium_init() >= 0);
	for (size_t i = 0; i < 2000; i++) {
		uint8_t ours[SHA256_BYTES], theirs[SHA256_BYTES];
		size_t len = i < 300 ? i : randombytes_uniform(sizeof(text));

		randombytes_buf(text, len);
		digest_of(
		    span_of(text, len), 1 + randombytes_uniform(200), ours);
		crypto_hash_sha256(theirs, text, len);
		assert_memory_equal(ours, theirs, SHA256_BYTES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_million),
	    cmocka_unit_test(test_sodium),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
