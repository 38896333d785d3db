/* SPDX-License-Identifier: ISC */
/* Decisions in both engines; see oracle_decisions.h. */
#include "tests/oracle/oracle_decisions.h"

#include <stdio.h>
#include <string.h>

#include "tests/oracle/oracle_compare.h"
#include "tests/unit/decisions.h"

static uint8_t conversation[65536];

static struct span
input_of(const struct decision_row *row)
{
	size_t len = 0;

	for (size_t i = 0; row->packet[i].command != 0; i++) {
		const struct packet_text *p = &row->packet[i];
		size_t n = p->len + 1;
		const uint8_t head[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
		    (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)p->command};

		if (len + sizeof(head) + p->len > sizeof(conversation))
			return span_of(conversation, 0);
		memcpy(&conversation[len], head, sizeof(head));
		memcpy(&conversation[len + sizeof(head)], p->payload, p->len);
		len += sizeof(head) + p->len;
	}
	return span_of(conversation, len);
}

static bool
never(const struct moment *m, void *unused)
{
	(void)m;
	(void)unused;
	return false;
}

static bool
is_same(const struct decision_row *row)
{
	struct scan_result result = compare_result(0);
	struct span packets = input_of(row);
	struct moment last;
	size_t used;

	stub_rules = (struct stub_rules){
	    .wants = {.stages = row->stages, .quarantine = true}};
	(void)native_run(&compare_settings, &result, packets, never, NULL,
	    &compare_native, &last, &used);
	reference_run(compare_program, &compare_settings, &result, packets,
	    &compare_reference);
	stub_rules = (struct stub_rules){0};
	return packets.len > 0 && compare_native.sent_len > 0 &&
	       compare_same_sent() && compare_same_log();
}

bool
decisions_same(void)
{
	bool same = true;

	for (size_t i = 0; i < decision_count; i++) {
		if (is_same(&decision_rows[i]))
			continue;
		printf("# decision \"%s\": %s\n", decision_rows[i].what,
		    compare_same_sent() ? "asks another thing of the host"
					: "another answer");
		same = false;
	}
	printf("# %zu conversations with decisions\n", decision_count);
	return same;
}
