/* SPDX-License-Identifier: ISC */
/*
 * The table of records; see record.h.  Pure: linked into every process.
 */
#include "privsep/ipc/record.h"

/* All that the monitor starts and has a channel to. */
#define CHILDREN (ROLE_BIT(ROLE_LISTENER) | ROLE_BIT(ROLE_SCANNER))

struct record_row {
	const char *name;
	unsigned int from; /* ROLE_BITs */
	unsigned int to;
	size_t size; /* of the fixed part */
	bool with_bytes;
	bool with_descriptor;
};

static const struct record_row table[RECORD_TYPES] = {
    [RECORD_READY] = {"ready", CHILDREN, ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_ready), false, false},
    [RECORD_ENDED] = {"ended", ROLE_BIT(ROLE_LISTENER), ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_ended), false, false},
    [RECORD_RENEW] = {"renew", ROLE_BIT(ROLE_LISTENER), ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_plain), false, false},
    [RECORD_LOAD] = {"load", ROLE_BIT(ROLE_LISTENER),
	ROLE_BIT(ROLE_MONITOR) | ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_load), false, false},
    [RECORD_PEER] = {"peer", ROLE_BIT(ROLE_MONITOR), CHILDREN,
	sizeof(struct record_peer), false, true},
    [RECORD_GONE] = {"gone", ROLE_BIT(ROLE_MONITOR), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_gone), false, false},
    [RECORD_RETIRED] = {"retired", ROLE_BIT(ROLE_MONITOR),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_gone), false, false},
    [RECORD_CUT] = {"cut", ROLE_BIT(ROLE_SCANNER), ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_cut), false, false},
    [RECORD_RETIRE] = {"retire", ROLE_BIT(ROLE_MONITOR),
	ROLE_BIT(ROLE_LISTENER), sizeof(struct record_plain), false, false},
    [RECORD_STOP] = {"stop", ROLE_BIT(ROLE_MONITOR), CHILDREN,
	sizeof(struct record_plain), false, false},
    [RECORD_PING] = {"ping", ROLE_BIT(ROLE_MONITOR), CHILDREN,
	sizeof(struct record_plain), false, false},
    [RECORD_PONG] = {"pong", CHILDREN, ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_plain), false, false},
    [RECORD_LOG_LOST] = {"log-lost", ROLE_BIT(ROLE_SCANNER),
	ROLE_BIT(ROLE_MONITOR), sizeof(struct record_plain), false, false},
    [RECORD_LOG] = {"log", ROLE_BIT(ROLE_MONITOR), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_plain), false, true},
    [RECORD_BACKEND] = {"backend", ROLE_BIT(ROLE_SCANNER),
	ROLE_BIT(ROLE_MONITOR), sizeof(struct record_backend), false, false},
    [RECORD_CHANNEL] = {"channel", ROLE_BIT(ROLE_LISTENER),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_plain), false, true},
    [RECORD_BEGIN] = {"begin", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_begin), false, false},
    [RECORD_FIELD] = {"field", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_field), true, false},
    [RECORD_BODY] = {"body", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_body), true, false},
    [RECORD_END] = {"end", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_end), false, false},
    [RECORD_PART] = {"part", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_part), false, false},
    [RECORD_PART_BYTES] = {"part-bytes", ROLE_BIT(ROLE_SESSION),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_part_bytes), true, false},
    [RECORD_PART_END] = {"part-end", ROLE_BIT(ROLE_SESSION),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_part_end), false, false},
    [RECORD_READ] = {"read", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_read), false, false},
    [RECORD_ABORT] = {"abort", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_plain), false, false},
    [RECORD_REPORT] = {"report", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_report), false, false},
    [RECORD_CLOSING] = {"closing", ROLE_BIT(ROLE_SESSION),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_closing), false, false},
    [RECORD_REPLAY] = {"replay", ROLE_BIT(ROLE_SESSION), ROLE_BIT(ROLE_SCANNER),
	sizeof(struct record_replay), false, false},
    [RECORD_CONTENT] = {"content", ROLE_BIT(ROLE_SCANNER),
	ROLE_BIT(ROLE_SESSION), sizeof(struct record_content), true, false},
    [RECORD_RESULT] = {"result", ROLE_BIT(ROLE_SCANNER), ROLE_BIT(ROLE_SESSION),
	sizeof(struct record_result), false, false},
    [RECORD_DRAIN] = {"drain", ROLE_BIT(ROLE_SCANNER), ROLE_BIT(ROLE_SESSION),
	sizeof(struct record_plain), false, false},
    [RECORD_YIELD] = {"yield", ROLE_BIT(ROLE_SCANNER), ROLE_BIT(ROLE_SESSION),
	sizeof(struct record_plain), false, false},
    [RECORD_CANDIDATE] = {"candidate", ROLE_BIT(ROLE_SESSION),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_candidate), false, false},
    [RECORD_STAMP] = {"stamp", ROLE_BIT(ROLE_SCANNER), ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_stamp), false, false},
    [RECORD_CHECK] = {"check", ROLE_BIT(ROLE_SCANNER), ROLE_BIT(ROLE_MONITOR),
	sizeof(struct record_check), false, false},
    [RECORD_STAMPED] = {"stamped", ROLE_BIT(ROLE_MONITOR),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_stamped), false, false},
    [RECORD_CHECKED] = {"checked", ROLE_BIT(ROLE_MONITOR),
	ROLE_BIT(ROLE_SCANNER), sizeof(struct record_checked), false, false},
};

/* The head, copied out: a record may stand at any address in a batch. */
static struct record_head
head_of(struct span r)
{
	struct record_head head = {0};

	if (r.len >= sizeof(head))
		memcpy(&head, r.ptr, sizeof(head));
	return head;
}

/* Do the lengths in a FIELD's fixed part add up to the record's? */
static bool
field_adds_up(struct span r)
{
	struct record_field field;

	memcpy(&field, r.ptr, sizeof(field));
	return (uint64_t)field.name_len + field.value_len ==
	       r.len - sizeof(field);
}

bool
record_check(enum role from, enum role to, struct span r, bool with_descriptor)
{
	struct record_head head = head_of(r);
	const struct record_row *row;

	if (head.length != r.len || head.type >= RECORD_TYPES)
		return false;
	row = &table[head.type];
	if (row->name == NULL || (row->from & ROLE_BIT(from)) == 0 ||
	    (row->to & ROLE_BIT(to)) == 0 ||
	    row->with_descriptor != with_descriptor)
		return false;
	if (!row->with_bytes)
		return r.len == row->size;
	if (r.len < row->size || r.len > RECORD_BATCH_MAX)
		return false;
	return head.type != RECORD_FIELD || field_adds_up(r);
}

bool
record_next(struct cursor *batch, struct span *record)
{
	struct record_head head = head_of(span_of(batch->at, batch->left));

	if (head.length < sizeof(head))
		return false;
	return cursor_take(batch, head.length, record);
}

enum record_type
record_type_of(struct span record)
{
	return (enum record_type)head_of(record).type;
}

const char *
record_name(enum record_type type)
{
	return type < RECORD_TYPES && table[type].name != NULL
		   ? table[type].name
		   : "unknown";
}
