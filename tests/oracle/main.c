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

#include "parser/milter.h"
#include "tests/oracle/conversation.h"
#include "tests/oracle/differences.h"

#define REPORT	      "docs/oracle.md"
#define CASES	      2000
#define SHOWN_MAX     10 /* faults, in full */
#define SET(to, text) snprintf(to, sizeof(to), "%s", text)

enum result { SAME, LISTED, FAULT };

static struct session_settings settings;
static struct trace native, reference;
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

/* --- settings and outcomes --------------------------------------------------- */

static void
use_settings(void)
{
	settings.max_message_size = 100000;
	settings.session_timeout = 3600000;
	settings.limits = (struct limit_settings){.recipients = 1000,
	    .header_fields = 20000,
	    .header_size = 1000000,
	    .parameters = 1000,
	    .messages = 1000};
	SET(settings.header_scanned, "X-Virus-Scanned");
	SET(settings.header_status, "X-Virus-Status");
	SET(settings.hostname, "mx.test");
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		settings.disposition[i].action = ACTION_TEMPFAIL;
		SET(settings.disposition[i].reply,
		    "451 4.7.1 later, 5%% of it");
	}
	settings.disposition[OUTCOME_CLEAN].action = ACTION_ACCEPT;
	settings.disposition[OUTCOME_INFECTED].action = ACTION_REJECT;
	SET(settings.disposition[OUTCOME_INFECTED].reply,
	    "550 5.7.1 infected: %v");
	settings.disposition[OUTCOME_TIMEOUT].action = ACTION_QUARANTINE;
	settings.disposition[OUTCOME_CLAMD_ERROR].action = ACTION_DISCARD;
}

/* What the scanner will say: every disposition has its turn. */
static struct host_result
choose_result(uint32_t number)
{
	static const enum outcome outcomes[] = {OUTCOME_CLEAN, OUTCOME_INFECTED,
	    OUTCOME_CLAMD_DOWN, OUTCOME_TIMEOUT, OUTCOME_CLAMD_ERROR};
	struct host_result r = {.outcome = outcomes[number % 5]};

	if (r.outcome == OUTCOME_INFECTED)
		SET(r.name, "Test.%Signature\x01");
	return r;
}

/* --- one comparison ---------------------------------------------------------- */

/* Stops before what libmilter must not get, or takes otherwise. */
static bool
stop_at(const struct moment *m, void *stopped)
{
	*(bool *)stopped = difference_unsafe(m) || difference_accepted(m);
	return *(bool *)stopped;
}

static bool
same_sent(void)
{
	return native.sent_len == reference.sent_len &&
	       memcmp(native.sent, reference.sent, native.sent_len) == 0;
}

static bool
same_log(void)
{
	return native.log_len == reference.log_len &&
	       memcmp(native.log, reference.log, native.log_len) == 0;
}

/* Takes the queue ids out of a log: second word of begin, first brackets of
 * report. */
static void
blank_queue_ids(struct trace *t)
{
	size_t to = 0;

	for (size_t at = 0; at < t->log_len;) {
		const char *line = t->log + at;
		const char *nl = memchr(line, '\n', t->log_len - at);
		size_t len =
		    nl == NULL ? t->log_len - at : (size_t)(nl - line) + 1;
		const char *from = NULL, *until = NULL;

		if (len > 6 && memcmp(line, "begin ", 6) == 0) {
			from = memchr(line + 6, ' ', len - 6);
			until = line + len - 1;
		} else if (len > 7 && memcmp(line, "report ", 7) == 0) {
			from = memchr(line, '[', len);
			until = memchr(line, ']', len);
		}
		if (from == NULL || until == NULL || from > until)
			from = until = line + len;
		memmove(t->log + to, line, (size_t)(from - line));
		to += (size_t)(from - line);
		memmove(t->log + to, until, (size_t)(line + len - until));
		to += (size_t)(line + len - until);
		at += len;
	}
	t->log_len = to;
}

/* Both took all of the input, or both closed at its last packet. */
static enum result
compare_whole(void)
{
	if (!same_sent())
		return FAULT;
	if (same_log())
		return SAME;
	blank_queue_ids(&native);
	blank_queue_ids(&reference);
	if (!same_log())
		return FAULT;
	difference_queue_id();
	return LISTED;
}

static bool
begins_as(const struct trace *t, const struct trace *start)
{
	return t->sent_len >= start->sent_len &&
	       memcmp(t->sent, start->sent, start->sent_len) == 0 &&
	       t->log_len >= start->log_len &&
	       memcmp(t->log, start->log, start->log_len) == 0;
}

/* The native engine closed at the last packet, and libmilter did not: until
 * then they must have done the same. */
static enum result
compare_refused(const char *why, const struct moment *last)
{
	static struct trace start;
	bool obeyed;

	start = native;
	start.sent_len = last->sent_len;
	start.log_len = last->log_len;
	if (!begins_as(&reference, &start))
		difference_queue_id();
	blank_queue_ids(&start);
	blank_queue_ids(&native);
	blank_queue_ids(&reference);
	obeyed = reference.sent_len > last->sent_len || !same_log();
	return begins_as(&reference, &start) &&
		       difference_refused(why, last, obeyed)
		   ? LISTED
		   : FAULT;
}

static enum result
compare(struct span input, const struct host_result *result,
    struct moment *last, const char **why)
{
	bool stopped = false;
	enum result r;
	size_t used;

	*why = native_run(
	    &settings, result, input, stop_at, &stopped, &native, last, &used);
	reference_run(
	    program, &settings, result, span_of(input.ptr, used), &reference);
	if (reference.ending == ENDED_BADLY)
		return FAULT;
	if (native.ending == ENDED_BY_US && reference.ending == ENDED_AT_EOF &&
	    strcmp(*why, "quit") != 0)
		return compare_refused(*why, last);
	if (native.ending != reference.ending)
		return FAULT;
	r = compare_whole();
	return r == SAME && stopped ? LISTED : r;
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
	    (int)native.ending, (int)reference.ending);
	show_bytes("input", input.ptr, input.len);
	show_bytes("native sent", native.sent, native.sent_len);
	show_bytes("libmilter sent", reference.sent, reference.sent_len);
	show_log("native log", &native);
	show_log("libmilter log", &reference);
}

static void
try(const struct conversation *c, long number)
{
	struct host_result result = choose_result((uint32_t)number);
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
	struct host_result clean = choose_result(0), found = choose_result(1);
	struct moment last;
	size_t used;

	(void)native_run(
	    &settings, &clean, input, never, NULL, &native, &last, &used);
	reference_run(program, &settings, &found, input, &reference);
	test(!same_sent() && !same_log(), "control: a difference is noticed");
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
	use_settings();
	if (only >= 0) {
		mutation(&all, seed, only, &one);
		try(&one, only);
		return counts[FAULT] == 0 ? 0 : 1;
	}
	try_controls(&all);
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
