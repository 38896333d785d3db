/* SPDX-License-Identifier: ISC */
/* The process's side of a conversation; see fuzz_process.h. */
#include "fuzz/kit/fuzz_process.h"

#include <stdio.h>

#include "fuzz/kit/fuzz.h"
#include "parser/mail/process.h"

/* FNV-1a, 64 bits. */
#define HASH_BASIS UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

/* Marks that are no byte's value. */
enum { MARK_FIELD = 0x100, MARK_BODY = 0x200 };

struct host host;

static enum { IDLE, SCANNING, ENDED, ABORTED } now;

static void
fold(uint64_t *hash, uint64_t value)
{
	*hash = (*hash ^ value) * HASH_PRIME;
}

static void
fold_bytes(uint64_t *hash, struct span s, uint64_t mark)
{
	for (size_t i = 0; i < s.len; i++)
		fold(hash, mark | s.ptr[i]);
}

void
content_begin(struct content *c)
{
	c->begun++;
	c->open = HASH_BASIS;
}

void
content_field(
    struct content *c, struct span name, struct span value, bool space)
{
	fold(&c->open, MARK_FIELD);
	fold(&c->open, name.len);
	fold_bytes(&c->open, name, 0);
	fold(&c->open, value.len + space);
	if (space)
		fold(&c->open, ' ');
	fold_bytes(&c->open, value, 0);
}

/* Where one piece ends and the next begins is of no account. */
void
content_body(struct content *c, struct span bytes)
{
	fold_bytes(&c->open, bytes, MARK_BODY);
}

void
content_end(struct content *c)
{
	c->ended++;
	fold(&c->total, c->open);
	c->open = 0;
}

void
content_drop(struct content *c)
{
	c->dropped++;
	c->open = 0;
}

void
host_start(const struct host_plan *plan)
{
	host.plan = *plan;
	host.content = (struct content){0};
	host.closed = host.gone = host.closing = host.reading = false;
	host.sent_total = 0;
	host.asked = 0;
	host.early = 0;
	host.sent_hash = HASH_BASIS;
	now = IDLE;
	host_looked();
}

void
host_looked(void)
{
	host.sent_len = 0;
	host.judged_count = 0;
}

void
host_fold_early(uint64_t *early, enum policy_stage stage, uint32_t refused)
{
	fold(early, stage + 1);
	fold(early, refused);
}

bool
host_settled(void)
{
	return now == IDLE;
}

bool
process_mta_send(struct span bytes)
{
	NEED(bytes.len > 0 && !host.closed && !host.gone);
	if (host.sent_total + bytes.len > host.plan.send_limit) {
		host.gone = true;
		return false;
	}
	NEED(bytes.len <= sizeof(host.sent) - host.sent_len);
	memcpy(&host.sent[host.sent_len], bytes.ptr, bytes.len);
	host.sent_len += bytes.len;
	host.sent_total += bytes.len;
	fold_bytes(&host.sent_hash, bytes, 0);
	return true;
}

void
process_scan_begin(uint32_t message, const char *queue_id,
    const char *client_addr, bool candidates)
{
	(void)client_addr;
	NEED(!candidates); /* no peers are set here */
	NEED(now == IDLE && strnlen(queue_id, 64) < 64);
	now = SCANNING;
	content_begin(&host.content);
	NEED(message == host.content.begun);
}

void
process_scan_field(struct span name, struct span value)
{
	NEED(now == SCANNING && name.len > 0);
	content_field(&host.content, name, value, false);
}

void
process_scan_candidate(uint32_t peer, const struct candidate *c)
{
	(void)peer, (void)c;
	NEED(false);
}

void
process_scan_body(struct span bytes)
{
	NEED(now == SCANNING);
	content_body(&host.content, bytes);
}

/* What clamd may call its findings: nothing of it may break a packet. */
static void
name_it(char out[static 256], uint8_t choice)
{
	static const char *const names[] = {"", "Win.Test.EICAR_HDB-1",
	    "two words", "paren)these(\\", "%s%n%%%v", "\r\n250 2.0.0 Ok",
	    "\xc3\xa9\x80\xff", "OK", "\t\v\x7f\x01"};
	const size_t n = sizeof(names) / sizeof(names[0]);

	if (choice % (n + 1) == n)
		memset(out, '%', 256); /* too long, and without an end */
	else
		snprintf(out, 256, "%s", names[choice % (n + 1)]);
}

void
process_scan_end(uint32_t message, uint64_t size, enum outcome so_far,
    bool readings, struct span progress)
{
	struct judged *j = &host.judged[host.judged_count];

	NEED(now == SCANNING && message == host.content.begun);
	NEED(fuzz_same(progress, span_of("\0\0\0\1p", 5)));
	NEED(host.judged_count < HOST_JUDGED_MAX);
	now = ENDED;
	content_end(&host.content);
	host.reading = readings;
	NEED(!readings || so_far == OUTCOME_CLEAN);
	*j = (struct judged){
	    .sent_at = host.sent_len, .size = size, .so_far = so_far};
}

void
process_scan_result(uint32_t message, struct scan_result *out)
{
	struct judged *j = &host.judged[host.judged_count];
	uint32_t choice =
	    host.plan.outcome + host.plan.stride * (host.content.ended - 1);

	NEED(now == ENDED && message == host.content.begun && !host.reading);
	*out = (struct scan_result){0};
	out->outcome = (enum outcome)(choice % HOST_OUTCOMES);
	name_it(out->name, host.plan.signature);
	j->given = out->outcome;
}

/* Nothing can be read again here, so no part is ever whole, and the message
 * never clean. */
void
process_scan_part(const struct reading_object *object)
{
	NEED(host.reading && reading_object_fits(object));
}

void
process_scan_part_bytes(struct span bytes)
{
	(void)bytes;
	NEED(host.reading);
}

void
process_scan_part_end(bool keep)
{
	(void)keep;
	NEED(host.reading);
}

void
process_scan_read(uint32_t message, enum read_end end)
{
	NEED(host.reading && message == host.content.begun);
	NEED(end != READ_COMPLETE && end < READ_ENDS);
	host.reading = false;
	host.judged[host.judged_count].unread = true;
}

void
process_scan_abort(void)
{
	NEED(now == SCANNING);
	now = ABORTED;
	content_drop(&host.content);
}

/* Nothing is stored here. */
enum replay
process_replay(uint32_t message, uint64_t at, struct span *piece)
{
	(void)piece;
	(void)at;
	NEED(now == ENDED && message == host.content.begun);
	return REPLAY_NOT_STORED;
}

void
process_closing(const char *why, const struct claims *r)
{
	/* A message that is open is dropped after this, not before. */
	NEED(!host.closing && *why != '\0' && now != ABORTED);
	NEED(r->limit < SESSION_LIMIT_COUNT);
	host.closing = true;
}

#define TERMINATED(array) (memchr((array), '\0', sizeof(array)) != NULL)

void
process_claims(const struct claims *r)
{
	struct judged *j = &host.judged[host.judged_count];

	NEED(now == ENDED || now == ABORTED);
	NEED(r->message == host.content.begun);
	NEED(r->outcome < OUTCOME_COUNT && r->action < ACTION_COUNT);
	NEED(TERMINATED(r->queue_id) && TERMINATED(r->client_addr) &&
	     TERMINATED(r->client_name) && TERMINATED(r->helo) &&
	     TERMINATED(r->sender));
	NEED(r->rule == 0 || r->rule == HOST_RULE);
	if (now == ABORTED && r->rule != 0) {
		NEED(outcome_is_ruled(r->outcome));
		NEED(r->action == host.plan.rule_action);
		host_fold_early(&host.early, r->stage, r->refused);
	} else {
		NEED((now == ABORTED) == (r->action == ACTION_ABORTED));
	}
	if (now == ENDED) {
		j->outcome = (enum outcome)r->outcome;
		j->action = (enum action)r->action;
		j->recipients = r->recipients;
		j->refused = r->refused;
		j->rule = r->rule;
		host.judged_count++;
	}
	now = IDLE;
}
