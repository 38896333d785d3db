/* SPDX-License-Identifier: ISC */
/* The daemon's verdict on stamps in one process; see stamp_judge.h. */
#include "cli/stamp_judge.h"

#include <strings.h>

#include "keys/notary.h"
#include "parser/mail/stamp_field.h"

/* A stamp field as it came, cut: a longer one is not a stamp, even without the
 * CR of each line end and the leading space. */
struct verify_stamp {
	size_t len;
	uint8_t value[2 * STAMP_VALUE_MAX + 2];
};

static const struct stamp_settings *settings;
static struct digest digest;
static struct digests digests;
static struct field_list ignore;
static char names[SETTINGS_IGNORE_MAX + 1][FIELD_NAME_MAX];
static struct verify_stamp candidate[STAMPS_MAX];
static uint32_t candidates;

/* What the session counts. */
static const struct session_settings *session;
static uint64_t size, header_size;
static uint32_t fields, own_fields;

void
judge_begin(const struct judge *j)
{
	settings = j->settings;
	compare_ignore(settings, names, &ignore);
	digest_begin(&digest, &ignore, true);
	candidates = 0;
	session = j->session;
	size = FIELD_SEPARATOR;
	header_size = 0;
	fields = own_fields = 0;
}

static bool
is_named(struct span name, const char *ours)
{
	return name.len > 0 && name.len == strlen(ours) &&
	       strncasecmp((const char *)name.ptr, ours, name.len) == 0;
}

static void
count(struct span name, struct span value)
{
	uint64_t bytes = field_size(name, value);

	size += bytes;
	header_size += bytes;
	fields++;
	if (session != NULL && (is_named(name, session->header_scanned) ||
				   is_named(name, session->header_status) ||
				   is_named(name, settings->header)))
		own_fields++;
}

void
judge_field(struct span name, struct span value)
{
	count(name, value);
	digest_field(&digest, name, value);
	if (!is_named(name, settings->header))
		return;
	if (candidates < STAMPS_MAX) {
		struct verify_stamp *c = &candidate[candidates];

		c->len =
		    value.len < sizeof(c->value) ? value.len : sizeof(c->value);
		if (c->len > 0)
			memcpy(c->value, value.ptr, c->len);
	}
	candidates++;
}

void
judge_body(struct span bytes)
{
	size += bytes.len;
	digest_body(&digest, bytes);
}

enum outcome
judge_bounds(void)
{
	if (session == NULL)
		return OUTCOME_CLEAN;
	if (size > session->max_message_size)
		return OUTCOME_TOO_BIG;
	return fields > session->limits.header_fields ||
		       header_size > session->limits.header_size ||
		       own_fields > session->limits.own_fields
		   ? OUTCOME_LIMITS
		   : OUTCOME_CLEAN;
}

const struct digests *
judge_digests(void)
{
	digest_end(&digest, &digests);
	return &digests;
}

static void
judge_one(
    const struct judge *j, const struct verify_stamp *c, struct judged *out)
{
	struct compare compare = {.settings = j->settings,
	    .digests = &digests,
	    .own = j->own,
	    .now = j->now};
	uint8_t record[STAMP_RECORD], mac[STAMP_MAC];
	bool tolerant;

	*out = (struct judged){.reason = STAMP_SYNTAX};
	out->read = stamp_read(span_of(c->value, c->len), &out->stamp, mac);
	if (!out->read)
		return;
	stamp_encode(&out->stamp, record);
	out->reason = notary_check(record, mac, j->peer, j->now);
	if (out->reason != STAMP_GOOD)
		return;
	tolerant = j->settings->peer[j->peer].tolerant;
	out->reason =
	    compare_stamp(&compare, &out->stamp, tolerant, &out->fault);
}

uint32_t
judge_stamps(const struct judge *j, struct judged out[STAMPS_MAX])
{
	for (uint32_t i = 0; i < candidates && i < STAMPS_MAX; i++)
		judge_one(j, &candidate[i], &out[i]);
	return candidates;
}

enum stamp_reason
judge_message(const struct judge *j, uint32_t stamps,
    const struct judged of[STAMPS_MAX], uint32_t *good,
    enum digest_fault *fault)
{
	enum stamp_reason reason = STAMP_SYNTAX;

	if (j->peer == JUDGE_PEER_NONE)
		return STAMP_NOT_PEER;
	if (stamps == 0)
		return STAMP_NONE;
	if (stamps > STAMPS_MAX)
		return STAMP_TOO_MANY;
	for (uint32_t i = 0; i < stamps; i++) {
		if (!of[i].read)
			continue;
		reason = of[i].reason;
		*fault = of[i].fault;
		if (reason == STAMP_GOOD) {
			*good = i + 1;
			return reason;
		}
	}
	return reason;
}
