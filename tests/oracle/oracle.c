/* SPDX-License-Identifier: ISC */
/*
 * The oracle: both engines get the same bytes, and must send the same replies
 * and edits, ask the same of their host, and end alike, but for the list of
 * differences.
 *
 *	oracle [-n cases] [-s seed] [-c case] [-w report] file ...
 *
 * compares the conversations of the files, then so many mutations of them, and
 * prints TAP; -c runs one mutation alone, and shows it.  -w writes the report,
 * docs/oracle.md.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/milter/milter.h"
#include "tests/oracle/conversation.h"
#include "tests/oracle/differences.h"
#include "tests/oracle/oracle_compare.h"
#include "tests/oracle/oracle_decisions.h"

#define REPORT	  "docs/oracle.md"
#define CASES	  2000
#define SHOWN_MAX 10 /* faults, in full */

static unsigned long counts[3];
static unsigned int tests, shown;
static bool failed;
static char program[PATH_MAX]; /* oracle-libmilter, beside this one */

static void
test(bool good, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++tests, what);
	failed = failed || !good;
}

/* --- showing ----------------------------------------------------------------- */

static void
show_bytes(const char *what, const uint8_t *bytes, size_t len)
{
	printf("#   %s:", what);
	for (size_t i = 0; i < len && i < 1500; i++) {
		if (bytes[i] > ' ' && bytes[i] <= '~')
			putchar(bytes[i]);
		else
			printf("\\x%02x", bytes[i]);
	}
	putchar('\n');
}

static void
show_log(const char *what, const struct trace *t)
{
	show_bytes(what, (const uint8_t *)t->log, t->log_len);
}

static void
show(const char *name, long number, struct span input, const char *why,
    const struct moment *last)
{
	printf("# %s, case %ld: native \"%s\" at byte %zu, command %c, "
	       "previous %c, state %d; endings %d %d\n",
	    name, number, why, last->at, last->packet.command,
	    last->previous ? last->previous : '-', (int)last->machine.now,
	    (int)compare_native.ending, (int)compare_reference.ending);
	show_bytes("input", input.ptr, input.len);
	show_bytes("native sent", compare_native.sent, compare_native.sent_len);
	show_bytes("libmilter sent", compare_reference.sent,
	    compare_reference.sent_len);
	show_log("native log", &compare_native);
	show_log("libmilter log", &compare_reference);
}

static void
try(const struct conversation *c, long number)
{
	struct scan_result result = compare_result((uint32_t)number);
	struct span input = span_of(c->bytes, c->len);
	struct moment last;
	const char *why;
	enum result r = compare(input, &result, &last, &why);

	counts[r]++;
	if (r == FAULT && shown++ < SHOWN_MAX)
		show(c->name, number, input, why, &last);
}

/* --- the tests --------------------------------------------------------------- */

static void
try_files(const struct conversations *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (uint32_t outcome = 0; outcome < 5; outcome++)
			try(&all->of[i], (long)outcome);
	printf("# %zu conversations, 5 outcomes each: %lu same, %lu with a "
	       "listed difference\n",
	    all->count, counts[SAME], counts[LISTED]);
	test(counts[FAULT] == 0 && counts[SAME] > 0,
	    "conversations of the files");
}

static void
mutation(const struct conversations *all, uint64_t seed, long number,
    struct conversation *out)
{
	struct dice dice = {seed << 32 | (uint64_t)number};

	conversation_mutate(all, &dice, out);
}

static void
try_mutations(const struct conversations *all, uint64_t seed, long cases)
{
	static uint8_t memory[CONVERSATION_MAX];
	struct conversation c = {.bytes = memory};

	memset(counts, 0, sizeof(counts));
	for (long i = 0; i < cases; i++) {
		mutation(all, seed, i, &c);
		try(&c, i);
	}
	printf("# %ld mutations, seed %llu: %lu same, %lu with a listed "
	       "difference, %lu faults\n",
	    cases, (unsigned long long)seed, counts[SAME], counts[LISTED],
	    counts[FAULT]);
	test(counts[FAULT] == 0, "mutations of them");
}

static bool
never(const struct moment *m, void *unused)
{
	(void)m;
	(void)unused;
	return false;
}

/* What must be noticed, is: another outcome shows in the replies, another
 * client in the log. */
static void
try_controls(const struct conversations *all)
{
	struct span input = span_of(all->of[0].bytes, all->of[0].len);
	struct scan_result clean = compare_result(0), found = compare_result(1);
	struct moment last;
	size_t used;

	(void)native_run(&compare_settings, &clean, input, never, NULL,
	    &compare_native, &last, &used);
	reference_run(
	    program, &compare_settings, &found, input, &compare_reference);
	test(!compare_same_sent() && !compare_same_log(),
	    "control: a difference is noticed");
}

static void
write_report(const char *file, size_t conversations, long cases, uint64_t seed)
{
	FILE *out = fopen(file, "w");

	if (out == NULL)
		exit(1);
	fprintf(out,
	    "# The oracle\n\n"
	    "Made by `tests/oracle/oracle.t -n %ld -w " REPORT "`; do\n"
	    "not edit.\n\n"
	    "`tests/oracle` gives the same bytes to the native engine and to\n"
	    "Sendmail's libmilter with the same session logic behind it, and\n"
	    "compares all replies, edits, and what each asked of the scanner.\n"
	    "Input: %zu conversations (the conformance list, recorded ones of\n"
	    "Postfix and Sendmail, some more), each with five outcomes of the\n"
	    "scan, and %ld mutations of them (seed %llu; `-n` and `-s` choose\n"
	    "others; `make check` runs fewer). libmilter runs\n"
	    "in a process of its own for each conversation, since its table of\n"
	    "states belongs to the process.\n\n"
	    "The differences below are meant to be; the counts are of this\n"
	    "run. Any other difference fails `make check`.\n\n",
	    cases, conversations, cases, (unsigned long long)seed);
	differences_print(out);
	if (fclose(out) != 0)
		exit(1);
}

static bool
report_is_current(void)
{
	static char text[65536];
	FILE *in = fopen(REPORT, "r");
	size_t len = in == NULL ? 0 : fread(text, 1, sizeof(text) - 1, in);

	text[len] = '\0';
	if (in != NULL)
		fclose(in);
	return differences_in(text);
}

int
main(int argc, char **argv)
{
	static struct conversations all;
	static uint8_t memory[CONVERSATION_MAX];
	struct conversation one = {.bytes = memory};
	const char *report = NULL;
	long cases = CASES, only = -1;
	uint64_t seed = 1;
	int c;

	while ((c = getopt(argc, argv, "c:n:s:w:")) != -1) {
		if (c == 'c')
			only = strtol(optarg, NULL, 10);
		else if (c == 'n')
			cases = strtol(optarg, NULL, 10);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (c == 'w')
			report = optarg;
		else
			return 2;
	}
	for (int i = optind; i < argc; i++)
		conversations_read(&all, argv[i]);
	if (all.count == 0)
		return 2;
	snprintf(program, sizeof(program), "%s-libmilter", argv[0]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	compare_setup(program);
	if (only >= 0) {
		mutation(&all, seed, only, &one);
		try(&one, only);
		return counts[FAULT] == 0 ? 0 : 1;
	}
	try_controls(&all);
	test(decisions_same(), "decisions of rules at every stage");
	try_files(&all);
	try_mutations(&all, seed, cases);
	printf("# %zu listed differences were not seen in this run\n",
	    differences_unseen());
	if (report != NULL)
		write_report(report, all.count, cases, seed);
	test(report_is_current(), REPORT " has the list");
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}
