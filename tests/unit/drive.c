/* SPDX-License-Identifier: ISC */
/* Driving an engine in tests; see drive.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/mail/inspection.h"
#include "tests/unit/drive.h"

struct session_settings settings;
struct engine *engine;

/* All of it may be anything, but for the memory of the readers. */
static void
drive_fill(void)
{
	memset(engine, 0, engine_size());
	memset(engine, 0xa5, engine_size() - inspection_size());
}

int
drive_setup(void **state)
{
	(void)state;
	memset(&settings, 0, sizeof(settings));
	settings.max_message_size = 1000000;
	settings.limits = (struct limit_settings){.recipients = 1000,
	    .header_fields = 20000,
	    .header_size = 10000000,
	    .own_fields = 100,
	    .parameters = 1000,
	    .messages = 1000};
	SET_TEXT(settings.header_scanned, "X-Virus-Scanned");
	SET_TEXT(settings.header_status, "X-Virus-Status");
	SET_TEXT(settings.hostname, "mx.test");
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		settings.disposition[i].action = ACTION_TEMPFAIL;
		SET_TEXT(settings.disposition[i].reply, "451 4.7.1 later: %v");
	}
	settings.disposition[OUTCOME_CLEAN].action = ACTION_ACCEPT;
	settings.disposition[OUTCOME_INFECTED].action = ACTION_REJECT;
	SET_TEXT(settings.disposition[OUTCOME_INFECTED].reply,
	    "550 5.7.1 infected: %v");
	stub_reset();
	engine = malloc(engine_size());
	assert_non_null(engine);
	drive_fill();
	engine_init(engine, &settings);
	return 0;
}

int
drive_teardown(void **state)
{
	(void)state;
	free(engine);
	return 0;
}

void
restart(void)
{
	struct scan_result result = stub.result;

	stub_reset();
	stub.result = result;
	drive_fill();
	engine_init(engine, &settings);
}

struct input input;

void
add(struct input *in, const struct packet_text *p)
{
	size_t n = p->len + 1;
	const uint8_t head[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)p->command};

	assert_true(in->len + n + 4 <= sizeof(in->bytes));
	memcpy(&in->bytes[in->len], head, sizeof(head));
	in->len += sizeof(head);
	memcpy(&in->bytes[in->len], p->payload, p->len);
	in->len += p->len;
}

enum engine_next
feed(const struct input *in, size_t step)
{
	enum engine_next next = ENGINE_MORE;
	size_t from = 0, to = 0, used;

	while (next == ENGINE_MORE && to < in->len) {
		/* an exact copy, for the address sanitizer */
		size_t len;
		uint8_t *copy;

		to = in->len - to < step ? in->len : to + step;
		len = to - from;
		copy = malloc(len);
		assert_non_null(copy);
		memcpy(copy, &in->bytes[from], len);
		next = engine_input(engine, span_of(copy, len), &used);
		free(copy);
		assert_true(used <= len);
		from += used;
	}
	return next;
}

const char *
render(void)
{
	static char text[65536];
	struct cursor c = cursor_of(span_of(stub.sent, stub.sent_len));
	size_t at = 0;
	uint32_t n = 0, index = 0;
	struct span packet = {0};

	text[0] = '\0';
	while (!cursor_empty(&c)) {
		struct cursor p;
		struct span name = {0}, value = {0};
		uint8_t code = 0;

		assert_true(cursor_u32(&c, &n) && n >= 1 && n <= 65536);
		assert_true(cursor_take(&c, n, &packet));
		p = cursor_of(packet);
		assert_true(cursor_u8(&p, &code));
		assert_null(strchr("4flp", code));
		at +=
		    (size_t)snprintf(&text[at], sizeof(text) - at, "%c", code);
		if (code == 'i' || code == 'm') {
			assert_true(cursor_u32(&p, &index) &&
				    cursor_string(&p, &name) &&
				    cursor_string(&p, &value));
			at += (size_t)snprintf(&text[at], sizeof(text) - at,
			    "%u %s:%s", index, (const char *)name.ptr,
			    (const char *)value.ptr);
		} else if (code == 'y' || code == 'q') {
			assert_true(cursor_string(&p, &value));
			at += (size_t)snprintf(&text[at], sizeof(text) - at,
			    "<%s>", (const char *)value.ptr);
		} else if (code == 'O') {
			(void)cursor_rest(&p);
		}
		assert_true(cursor_empty(&p));
		assert_true(at + 1 < sizeof(text));
		text[at++] = ' ';
		text[at] = '\0';
	}
	return text;
}
