/* SPDX-License-Identifier: ISC */
/*
 * The milter engine and the encoder behind a pipe, for tests/conformance: one
 * request per line on standard input, one answer per line on standard output.
 * Bytes are written in hexadecimal, nothing is written as "-".
 *
 *   start                        a fresh engine, a fresh host, default settings
 *   outcome WORD NAME            what the scanner says from now on
 *   action WORD ACTION REPLY     what is done with that outcome
 *   feed STEP BYTES              in pieces of STEP bytes: why it closed, and
 *                                all that was sent since start
 *   close                        the MTA went away: the log of the host calls
 *   content                      fields and body of the last message
 *   report                       of it: queue id, address, name, HELO, sender,
 *                                recipients, and the bytes of all messages
 *   grant ACTIONS FLAGS          a fresh encoder with these permissions
 *   answer COMMAND DUE           what the encoder is to answer, 1: with a reply
 *   plain CODE | text TEXT | header CODE INDEX NAME VALUE |
 *   address CODE ADDRESS PARAMETERS | quarantine TEXT | body BYTES
 *                                1 or 0: whether the encoder let it pass
 *   sent                         what the encoder has sent since grant
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>

#include "parser/mail/inspection.h"
#include "parser/milter/encoder.h"
#include "parser/milter/engine.h"
#include "tests/unit/stub_process.h"

#define WORDS_MAX 5

static struct engine *engine;
static struct session_settings settings;
static struct encoder encoder;

/* What a word of a request holds once its hexadecimal is undone. */
static uint8_t bytes[WORDS_MAX][2 * STUB_SENT_MAX];

static noreturn void
fail(const char *what)
{
	fprintf(stderr, "conform-engine: %s\n", what);
	exit(1);
}

static const char digits[] = "0123456789abcdef";

static size_t
digit(char hex)
{
	const char *at = strchr(digits, hex);

	if (at == NULL || hex == '\0')
		fail("no hexadecimal");
	return (size_t)(at - digits);
}

/* The bytes of a word, in a buffer of that word's own. */
static struct span
unhex(char **words, size_t i)
{
	const char *hex = words[i];
	size_t len = 0;

	if (hex == NULL)
		fail("a word is missing");
	if (strcmp(hex, "-") == 0)
		return span_of("", 0);
	for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		if (len == sizeof(bytes[i]))
			fail("a word is too long");
		bytes[i][len++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
	}
	return span_of(bytes[i], len);
}

static void
put_word(struct span s)
{
	if (s.len == 0)
		putchar('-');
	for (size_t i = 0; i < s.len; i++) {
		putchar(digits[s.ptr[i] >> 4]);
		putchar(digits[s.ptr[i] & 15]);
	}
}

static void
put_hex(struct span s)
{
	put_word(s);
	putchar('\n');
}

static unsigned long
number(const char *word)
{
	char *end;
	unsigned long n = strtoul(word == NULL ? "" : word, &end, 0);

	if (word == NULL || end == word || *end != '\0')
		fail("no number");
	return n;
}

static void
set_text(char *to, size_t size, struct span text)
{
	if (text.len >= size)
		fail("text too long");
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

static enum outcome
outcome_of(const char *word)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		enum outcome o = (enum outcome)i;

		if (strcmp(word, outcome_reason(o)) == 0 ||
		    strcmp(word, outcome_verdict(o)) == 0)
			return o;
	}
	fail("no such outcome");
}

static enum action
action_of(const char *word)
{
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (strcmp(word, action_name((uint8_t)i)) == 0)
			return (enum action)i;
	}
	fail("no such action");
}

static void
set_disposition(enum outcome outcome, enum action action, const char *reply)
{
	struct disposition *d = &settings.disposition[outcome];

	d->action = action;
	set_text(d->reply, sizeof(d->reply), span_text(reply));
}

/* --- requests ------------------------------------------------------------- */

static void
request_start(void)
{
	memset(&settings, 0, sizeof(settings));
	settings.max_message_size = 1 << 20;
	/* the defaults of config/options.c */
	settings.limits = (struct limit_settings){.recipients = 10000,
	    .header_fields = 10000,
	    .header_size = 4 << 20,
	    .own_fields = 1000,
	    .parameters = 100,
	    .messages = 10000};
	set_text(settings.header_scanned, sizeof(settings.header_scanned),
	    span_text("X-Virus-Scanned"));
	set_text(settings.header_status, sizeof(settings.header_status),
	    span_text("X-Virus-Status"));
	set_text(settings.hostname, sizeof(settings.hostname),
	    span_text("mx.example"));
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		set_disposition((enum outcome)i, ACTION_TEMPFAIL,
		    "451 4.7.1 Message could not be scanned, try again "
		    "later");
	set_disposition(OUTCOME_CLEAN, ACTION_ACCEPT, "");
	set_disposition(OUTCOME_INFECTED, ACTION_REJECT,
	    "550 5.7.1 Message refused: %v found");
	stub_reset();
	/* no test may depend on memory that happens to be zero */
	memset(engine, 0, engine_size());
	memset(engine, 0xa5, engine_size() - inspection_size());
	engine_init(engine, &settings);
	puts("ok");
}

/* Each piece in memory of its exact size, for the address sanitizer. */
static void
request_feed(size_t step, struct span in)
{
	enum engine_next next = ENGINE_MORE;
	size_t from = 0, to = 0, used;

	if (step == 0)
		step = in.len;
	while (next == ENGINE_MORE && to < in.len) {
		uint8_t *piece;

		to = in.len - to < step ? in.len : to + step;
		piece = malloc(to - from);
		if (piece == NULL)
			fail("no memory");
		memcpy(piece, in.ptr + from, to - from);
		next = engine_input(engine, span_of(piece, to - from), &used);
		free(piece);
		from += used;
	}
	printf("%s ", next == ENGINE_MORE ? "open" : engine_why(engine));
	put_hex(span_of(stub.sent, stub.sent_len));
}

static void
request_close(void)
{
	engine_close(engine);
	if (stub.begins != stub.ends + stub.aborts ||
	    stub.begins != stub.reports)
		fail("a message has not exactly one end and one report");
	put_hex(span_of(stub.log, stub.log_len));
}

static void
request_report(void)
{
	const struct claims *r = &stub.report;
	const char *texts[] = {
	    r->queue_id, r->client_addr, r->client_name, r->helo, r->sender};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put_word(span_text(texts[i]));
		putchar(' ');
	}
	printf("%u %" PRIu64 "\n", r->recipients,
	    stub.field_bytes + stub.body_bytes);
}

/* The requests about the engine; false if it is none. */
static bool
engine_request(char **words)
{
	const char *what = words[0];

	if (strcmp(what, "start") == 0) {
		request_start();
	} else if (strcmp(what, "outcome") == 0 && words[1] != NULL) {
		stub.result.outcome = outcome_of(words[1]);
		set_text(stub.result.name, sizeof(stub.result.name),
		    unhex(words, 2));
		puts("ok");
	} else if (strcmp(what, "action") == 0 && words[1] != NULL &&
		   words[2] != NULL) {
		struct span reply = unhex(words, 3);
		char text[SETTINGS_REPLY_MAX];

		set_text(text, sizeof(text), reply);
		set_disposition(
		    outcome_of(words[1]), action_of(words[2]), text);
		puts("ok");
	} else if (strcmp(what, "feed") == 0) {
		request_feed(number(words[1]), unhex(words, 2));
	} else if (strcmp(what, "close") == 0) {
		request_close();
	} else if (strcmp(what, "content") == 0) {
		put_hex(span_of(stub.content, stub.content_len));
	} else if (strcmp(what, "report") == 0) {
		request_report();
	} else {
		return false;
	}
	return true;
}

/* The code letter in words[1]. */
static enum milter_reply
code(char **words)
{
	if (words[1] == NULL || words[1][1] != '\0')
		fail("no code");
	return (enum milter_reply)words[1][0];
}

/* The encoder's packets; -1 if it is no such request. */
static int
encoder_request(char **words)
{
	const char *what = words[0];

	if (strcmp(what, "plain") == 0)
		return encoder_plain(&encoder, code(words));
	if (strcmp(what, "text") == 0)
		return encoder_text(&encoder, unhex(words, 1));
	if (strcmp(what, "header") == 0)
		return encoder_header(&encoder, code(words),
		    (uint32_t)number(words[2]), unhex(words, 3),
		    unhex(words, 4));
	if (strcmp(what, "address") == 0)
		return encoder_address(
		    &encoder, code(words), unhex(words, 2), unhex(words, 3));
	if (strcmp(what, "quarantine") == 0)
		return encoder_quarantine(&encoder, unhex(words, 1));
	if (strcmp(what, "body") == 0)
		return encoder_body(&encoder, unhex(words, 1));
	return -1;
}

static void
request(char **words)
{
	int passed;

	if (engine_request(words))
		return;
	if (strcmp(words[0], "grant") == 0) {
		stub_reset();
		encoder_init(&encoder);
		encoder.actions = (uint32_t)number(words[1]);
		encoder.flags = (uint32_t)number(words[2]);
		puts("ok");
	} else if (strcmp(words[0], "answer") == 0) {
		encoder_begin(&encoder, (enum milter_command)code(words),
		    number(words[2]) != 0);
		puts("ok");
	} else if (strcmp(words[0], "sent") == 0) {
		(void)encoder_flush(&encoder);
		put_hex(span_of(stub.sent, stub.sent_len));
	} else if ((passed = encoder_request(words)) != -1) {
		printf("%d\n", passed);
	} else {
		fail(words[0]);
	}
}

int
main(void)
{
	char *line = NULL, *words[WORDS_MAX + 1], *rest;
	size_t size = 0;

	engine = malloc(engine_size());
	if (engine == NULL)
		fail("no memory");
	while (getline(&line, &size, stdin) != -1) {
		size_t n = 0;

		for (char *word = strtok_r(line, " \n", &rest);
		     word != NULL && n < WORDS_MAX;
		     word = strtok_r(NULL, " \n", &rest))
			words[n++] = word;
		words[n] = NULL;
		if (n == 0)
			fail("an empty line");
		request(words);
		fflush(stdout);
	}
	free(line);
	free(engine);
	return 0;
}
