/* SPDX-License-Identifier: ISC */
/* The words for headers and replies: parser/mail/phrase.c. */
#include "parser/mail/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
test_phrases(void **state)
{
	static char large[7001];
	char name[PHRASE_NAME_MAX + 1];
	static const struct reading_object whole = {"", DECODING_AS_IS};
	struct phrase p;

	(void)state;
	phrase_name(OUTCOME_INFECTED, "Eicar-Test-Signature", name);
	assert_string_equal(name, "Eicar-Test-Signature");
	assert_true(phrase_status(&p, OUTCOME_INFECTED, name, &whole));
	assert_string_equal(p.text, "Infected (Eicar-Test-Signature)");
	assert_true(phrase_status(&p, OUTCOME_INFECTED, name,
	    &(struct reading_object){"2.1", DECODING_BASE64_RESTART}));
	assert_string_equal(p.text,
	    "Infected (Eicar-Test-Signature) in part 2.1 (base64-restart)");
	/* What cannot be one, and what is not infected, has none. */
	assert_true(phrase_status(&p, OUTCOME_INFECTED, name,
	    &(struct reading_object){"2)", DECODING_BASE64}));
	assert_string_equal(p.text, "Infected (Eicar-Test-Signature)");
	assert_true(phrase_status(&p, OUTCOME_TIMEOUT, "timeout",
	    &(struct reading_object){"2.1", DECODING_BASE64}));
	assert_string_equal(p.text, "Unscanned (timeout)");
	phrase_name(OUTCOME_INFECTED, "a (b)\\ OK\r\n\x7f\xe9%s", name);
	assert_string_equal(name, "a__b___OK____%s");
	phrase_name(OUTCOME_INFECTED, "", name);
	assert_string_equal(name, "infected");
	phrase_name(OUTCOME_TIMEOUT, "ignored", name);
	assert_string_equal(name, "timeout");
	assert_true(phrase_status(&p, OUTCOME_TIMEOUT, name, &whole));
	assert_string_equal(p.text, "Unscanned (timeout)");
	phrase_name(OUTCOME_CLEAN, "", name);
	assert_string_equal(name, "clean");
	assert_true(phrase_status(&p, OUTCOME_CLEAN, name, &whole));
	assert_string_equal(p.text, "Clean");
	memset(large, 'n', sizeof(large) - 1);
	phrase_name(OUTCOME_INFECTED, large, name);
	assert_int_equal(strlen(name), PHRASE_NAME_MAX);

	assert_true(phrase_scanned(&p, "mx.example"));
	assert_string_equal(p.text, "Pratique at mx.example");
	assert_false(phrase_scanned(&p, large));
	assert_true(phrase_reply(&p, "550 5.7.1 %v, %v: 100%% sure", "N%v"));
	assert_string_equal(p.text, "550 5.7.1 N%v, N%v: 100% sure");
	assert_false(phrase_reply(&p, large, "n"));
	assert_true(phrase_reply(&p, "550 5.7.1 %", "n"));
	assert_string_equal(p.text, "550 5.7.1 %");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_phrases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
