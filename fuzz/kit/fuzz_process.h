/* SPDX-License-Identifier: ISC */
/*
 * parser/mail/process.h for conversations: keeps what is sent to the MTA, notes what
 * the scanner was given as a hash, answers with outcomes that the plan chooses,
 * and NEEDs the calls to come in order and none after the close.
 */
#ifndef FUZZ_KIT_FUZZ_PROCESS_H
#define FUZZ_KIT_FUZZ_PROCESS_H

#include "config/settings.h"
#include "lib/span.h"

#define HOST_SENT_MAX	(4U << 20)
#define HOST_JUDGED_MAX 8192U /* messages between two looks */

/* Outcomes above OUTCOME_COUNT are tried too. */
#define HOST_OUTCOMES (OUTCOME_COUNT + 2)

/* What the input chooses. */
struct host_plan {
	struct session_settings settings;
	uint8_t outcome;   /* of the first message */
	uint8_t stride;	   /* added for each later one */
	uint8_t signature; /* which name goes with it */
	size_t send_limit; /* the MTA is gone after that many bytes */
	/* Where rules may decide, and where and how one does; see fuzz_rules.c. */
	uint32_t stages;
	enum policy_stage rule_stage;
	enum action rule_action;
};

#define HOST_RULE 7U /* the number of that rule */

/* The content of messages as a running hash: what the scanner was given, and
 * by the same functions what it should have been given. */
struct content {
	uint64_t open;	/* of the message in hand */
	uint64_t total; /* of all that were ended */
	uint32_t begun, ended, dropped;
};

void content_begin(struct content *);
/* space: one that stood before the value. */
void content_field(
    struct content *, struct span name, struct span value, bool space);
void content_body(struct content *, struct span bytes);
void content_end(struct content *);
void content_drop(struct content *);

/* A message that was judged and reported. */
struct judged {
	enum outcome given; /* by us; may be none */
	enum outcome outcome;
	enum action action; /* both as reported */
	uint32_t rule, refused;
	uint32_t recipients;
	size_t sent_at; /* bytes that were out when the scan began */
	uint64_t size;
	enum outcome so_far; /* CLEAN, or the limit that was passed */
	bool unread;	     /* it was to be read again, and could not be */
};

struct host {
	struct host_plan plan;
	struct content content;
	bool closed, gone, closing;
	bool reading;	/* objects may come */
	uint32_t asked; /* questions to the rule, at its stage */
	uint64_t
	    early; /* hash of what was decided before the end of a message */
	size_t sent_len; /* since the last look */
	uint64_t sent_hash, sent_total;
	uint32_t judged_count; /* since the last look */
	struct judged judged[HOST_JUDGED_MAX];
	uint8_t sent[HOST_SENT_MAX];
};

extern struct host host;

void host_start(const struct host_plan *);

/* Forgets what was looked at. */
void host_looked(void);

/* Into the hash: decided at that stage. */
void host_fold_early(uint64_t *early, enum policy_stage, uint32_t refused);

/* No message is open, all are reported. */
bool host_settled(void);

#endif
