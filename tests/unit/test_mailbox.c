/* SPDX-License-Identifier: ISC */
/* Address lists: parser/mime/mailbox.c. */
#include "parser/mime/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Mailboxes as "name|address|group", each with a line end. */
struct row {
	const char *value;
	const char *mailboxes;
	uint32_t groups;
	bool malformed;
};

static const struct row rows[] = {
    {"", "", 0, false},
    {" \t\r\n ", "", 0, false},
    {"a@b", "|a@b|\n", 0, false},
    {" a@b ", "|a@b|\n", 0, false},
    {"<a@b>", "|a@b|\n", 0, false},
    {"A <a@b>", "A|a@b|\n", 0, false},
    {"A B\t<a@b>", "A B|a@b|\n", 0, false},
    {"A\r\n B\r\n <a@b>", "A\r\n B|a@b|\n", 0, false},
    /* K42 to K48 */
    {"\"A, B\" <a@b>, c@d (C), E:f@g,h@i;, <j@k>",
	"\"A, B\"|a@b|\nC|c@d|\n|f@g|E\n|h@i|E\n|j@k|\n", 1, false},
    {"undisclosed-recipients:;", "", 1, false},
    {"<@x,@y:a@b>", "|a@b|\n", 0, false},
    {"\"x y\"@d, a@[1.2.3.4], a@[IPv6:::1]",
	"|\"x y\"@d|\n|a@[1.2.3.4]|\n|a@[IPv6:::1]|\n", 0, false},
    {"<\"x@y,>\"@d>, <a@[IPv6:::1]>", "|\"x@y,>\"@d|\n|a@[IPv6:::1]|\n", 0,
	false},
    {"=?utf-8?Q?x=40y=2Ecom=3E_=3C?= <a@b>",
	"=?utf-8?Q?x=40y=2Ecom=3E_=3C?=|a@b|\n", 0, false},
    {"a@b, , c@d,", "|a@b|\n|c@d|\n", 0, false},
    {"A <a@b> <c@d>", "A|a@b|\n|c@d|\n", 0, true},
    {"<a@b><c@d><e@f>", "|a@b|\n|c@d|\n|e@f|\n", 0, true},
    /* groups */
    {"A B: c@d;", "|c@d|A B\n", 1, false},
    {"\"A: B\": c@d;", "|c@d|\"A: B\"\n", 1, false},
    {"A: c@d; , e@f", "|c@d|A\n|e@f|\n", 1, false},
    {"A:;, B: c@d;", "|c@d|B\n", 2, false},
    {"A: c@d", "|c@d|A\n", 1, true},
    {"A:", "", 1, true},
    {"A: B: c@d;", "|c@d|B\n", 2, true},
    {":c@d;", "|c@d|\n", 1, true},
    {"a@b; c@d", "|a@b|\n|c@d|\n", 0, true},
    {"a@b;", "|a@b|\n", 0, true},
    {"<a@b>:c", "|a@b|\n", 0, true},
    /* obsolete forms */
    {"John Q. Public <a@b>", "John Q. Public|a@b|\n", 0, false},
    {"a . b @ c . d", "|a . b @ c . d|\n", 0, false},
    {"a.\"b c\".d@e", "|a.\"b c\".d@e|\n", 0, false},
    {"A <@x:a@b>", "A|a@b|\n", 0, false},
    {"<@[1.2.3.4]:a@b>", "|a@b|\n", 0, false},
    {"<,@x,,@y:a@b>", "|a@b|\n", 0, false},
    {"<, a@b", "|a@b|\n", 0, true},
    /* comments */
    {"a@b (N(m) \\) x)", "N(m) \\) x|a@b|\n", 0, false},
    {"(C) a@b (D)", "C|a@b|\n", 0, false},
    {"<a@b> (N)", "N|a@b|\n", 0, false},
    {"A (N) <a@b>", "A|a@b|\n", 0, false},
    {"(N) <a@b>", "N|a@b|\n", 0, false},
    {"<(x)a@b(y)>", "|a@b|\n", 0, false},
    {"a(x)@b", "x|a(x)@b|\n", 0, false},
    {"()a@b", "|a@b|\n", 0, false},
    {"(, a@b) <c@d>", ", a@b|c@d|\n", 0, false},
    {"(only)", "", 0, false},
    {"a@b (open", "open|a@b|\n", 0, true},
    {"a@b (o(p)en", "o(p)en|a@b|\n", 0, true},
    {"a@b (open\\", "open\\|a@b|\n", 0, true},
    {"a@b) c", "|a@b|\n", 0, true},
    {"A) <a@b)>", "A|a@b|\n", 0, true},
    /* what real mail has */
    {"<>", "||\n", 0, true},
    {"A <>", "A||\n", 0, true},
    {"root", "|root|\n", 0, true},
    {"John Smith", "John Smith||\n", 0, true},
    {"John Smith a@b", "John Smith|a@b|\n", 0, true},
    {"a@b John", "|a@b|\n", 0, true},
    {"a@b c@d", "|a@b|\n", 0, true},
    {"x a@b c@d", "x|a@b|\n", 0, true},
    {"<a@b, c@d", "|a@b|\n|c@d|\n", 0, true},
    {"<a@b", "|a@b|\n", 0, true},
    {"G:<a@b;, c@d", "|a@b|G\n|c@d|\n", 1, true},
    {"a@b>, c@d", "|a@b|\n|c@d|\n", 0, true},
    {"<<a@b>>", "|a@b|\n", 0, true},
    {"<<a@b>", "|a@b|\n", 0, true},
    {"\"A <a@b>", "\"A|a@b|\n", 0, true},
    {"\"A <a@b>, c@d", "\"A|a@b|\n|c@d|\n", 0, true},
    {"<\"a@b>, c@d", "|\"a@b|\n|c@d|\n", 0, true},
    {"a@[1.2.3.4, c@d", "|a@[1.2.3.4|\n|c@d|\n", 0, true},
    {"a@[b[c]", "|a@[b[c]|\n", 0, true},
    {"a@[b\\]c]", "|a@[b\\]c]|\n", 0, false},
    {"A\\,B <a@b>", "A\\,B|a@b|\n", 0, true},
    {"\"A\\\"B\" <a@b>", "\"A\\\"B\"|a@b|\n", 0, false},
    {"a@b\\", "|a@b\\|\n", 0, true},
    {"<a@b> x", "|a@b|\n", 0, true},
    {"<a@b> \"x\"", "|a@b|\n", 0, true},
    {"a@b@c", "|a@b@c|\n", 0, true},
    {"@b", "|@b|\n", 0, true},
    {"a@", "|a@|\n", 0, true},
    {"<a>", "|a|\n", 0, true},
    {"<@x:>", "||\n", 0, true},
    {"<@x>", "|@x|\n", 0, true},
    {"<@x,@y", "|@x,@y|\n", 0, true},
    {"<mailto:a@b>", "|mailto:a@b|\n", 0, true},
    {"J\xc3\xb6rg <j@x>, J\xf6rg <k@x>", "J\xc3\xb6rg|j@x|\nJ\xf6rg|k@x|\n", 0,
	false},
    {"] a@b", "]|a@b|\n", 0, true},
};

static void
add(char *text, size_t room, struct span s, const char *end)
{
	size_t len = strlen(text);

	assert_true(s.len < room - len);
	(void)snprintf(text + len, room - len, "%.*s%s", (int)s.len,
	    s.len == 0 ? "" : (const char *)s.ptr, end);
}

static void
test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].value);
		char *copy = malloc(len + 1), text[512] = "";
		struct mailbox_list list;
		struct mailbox m;

		assert_non_null(copy);
		memcpy(copy, rows[i].value, len);
		mailbox_begin(&list, span_of(copy, len));
		while (mailbox_next(&list, &m)) {
			add(text, sizeof(text), m.name, "|");
			add(text, sizeof(text), m.address, "|");
			add(text, sizeof(text), m.group, "\n");
		}
		if (strcmp(text, rows[i].mailboxes) != 0)
			fail_msg("%s: %s", rows[i].value, text);
		if (list.groups != rows[i].groups)
			fail_msg("%s: %u groups", rows[i].value, list.groups);
		if (list.malformed != rows[i].malformed)
			fail_msg(
			    "%s: malformed: %d", rows[i].value, list.malformed);
		assert_false(mailbox_next(&list, &m));
		free(copy);
	}
}

/* Comments up to 32 deep are read, deeper ones too, but not without being
 * called malformed.  K49. */
static void
test_depth(void **state)
{
	static const struct {
		size_t open, close;
		bool malformed;
	} depths[] = {{1, 1, false}, {32, 32, false}, {33, 33, true},
	    {1000, 1000, true}, {32, 31, true}, {100000, 0, true}};
	static char text[200100];

	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		struct mailbox_list list;
		struct mailbox m;
		size_t len = depths[i].open + depths[i].close;

		memset(text, '(', depths[i].open);
		memset(text + depths[i].open, ')', depths[i].close);
		for (size_t at = 0; at < 3; at++)
			text[len + at] = "a@b"[at];
		mailbox_begin(&list, span_of(text, len + 3));
		assert_int_equal(
		    mailbox_next(&list, &m), depths[i].open == depths[i].close);
		assert_int_equal(list.malformed, depths[i].malformed);
		assert_false(mailbox_next(&list, &m));
	}
}

/* NUL is a byte like others. */
static void
test_nul(void **state)
{
	struct mailbox_list list;
	struct mailbox m;

	(void)state;
	mailbox_begin(&list, span_of("a\0b@c, d@e", 10));
	assert_true(mailbox_next(&list, &m));
	assert_int_equal(m.address.len, 5);
	assert_memory_equal(m.address.ptr, "a\0b@c", 5);
	assert_true(mailbox_next(&list, &m));
	assert_false(mailbox_next(&list, &m));
	assert_false(list.malformed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
