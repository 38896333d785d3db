/* SPDX-License-Identifier: ISC */
/* The daemon's verdict on stamps in one process; see judge.h. */
#include "cli/judge.h"

#include <strings.h>

#include "keys/notary.h"
#include "parser/stamp.h"

/* A stamp field as it came, cut: a longer one is none, even if a CR in front
 * of each LF and the space in front of it all are not counted. */
struct candidate {
	size_t len;
	uint8_t value[2 * STAMP_VALUE_MAX + 2];
};

static const struct stamp_settings *settings;
static struct digest digest;
static struct digests digests;
static struct field_list ignore;
static char names[SETTINGS_IGNORE_MAX + 1][FIELD_NAME_MAX];
static struct candidate candidate[STAMPS_MAX];
static uint32_t candidates;

void
judge_begin(const struct judge *j)
{
	settings = j->settings;
	compare_ignore(settings, names, &ignore);
	digest_begin(&digest, &ignore, true);
	candidates = 0;
}

void
judge_field(struct span name, struct span value)
{
	size_t len = strlen(settings->header);

	digest_field(&digest, name, value);
	if (name.len != len ||
	    strncasecmp((const char *)name.ptr, settings->header, len) != 0)
		return;
	if (candidates < STAMPS_MAX) {
		struct candidate *c = &candidate[candidates];

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
	digest_body(&digest, bytes);
}

const struct digests *
judge_digests(void)
{
	digest_end(&digest, &digests);
	return &digests;
}

static void
judge_one(const struct judge *j, const struct candidate *c, struct judged *out)
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
