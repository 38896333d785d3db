/* SPDX-License-Identifier: ISC */
/* Anomalies and readings in the log; see anomaly_log.h.  Runs in the scanner. */
#include "scanner/anomaly_log.h"

#include <stdio.h>
#include <string.h>

#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"

#define TELL_EVERY_MS 3600000
#define NAMES_MAX     8	 /* in a message's line */
#define NAME_ROOM     40 /* for each */
#define COUNTS_MAX    64 /* in one line, which has room for more */

static struct {
	uint64_t messages; /* with anomalies */
	uint64_t read;	   /* again, since readings were announced */
	uint64_t parts;	   /* scanned by themselves */
	uint64_t found;	   /* infected in a part alone */
	uint64_t ambiguous;
	uint64_t anomaly[ANOMALY_COUNT];
} counts;
static uint64_t tell_at; /* 0: nothing to tell */

void
anomaly_log_part(struct log_line *line, const struct client *c)
{
	const struct reading_object *o = &c->scans.object;

	if (o->part[0] == '\0')
		return;
	log_text(line, "part", o->part);
	log_text(line, "reading", decoding_name(o->decoding));
}

void
anomaly_log(struct log_line *line, const struct anomalies *found)
{
	char text[(NAMES_MAX + 1) * NAME_ROOM];
	unsigned int count = 0;
	int len = 0;

	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (!anomalies_has(found, a))
			continue;
		if (count++ < NAMES_MAX)
			len += snprintf(text + len, NAME_ROOM, "%s%s",
			    count > 1 ? "," : "", anomaly_name(a));
	}
	if (count == 0)
		return;
	if (count > NAMES_MAX)
		snprintf(text + len, NAME_ROOM, ",+%u", count - NAMES_MAX);
	log_text(line, "anomalies", text);
}

void
anomaly_count(const struct client *c, const struct anomalies *found)
{
	const struct scan_case *scans = &c->scans;
	bool any = false;

	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (!anomalies_has(found, a))
			continue;
		counts.anomaly[a]++;
		any = true;
	}
	counts.messages += any;
	counts.read += c->parts.announced;
	counts.parts += scans->part_count;
	counts.found += scans->verdict.outcome == OUTCOME_INFECTED &&
			scans->object.part[0] != '\0';
	counts.ambiguous += scans->verdict.outcome == OUTCOME_AMBIGUOUS;
	if (tell_at == 0 && (any || c->parts.announced))
		tell_at = clock_ms() + TELL_EVERY_MS;
}

/* Each of them that occurred, from there on, as many as a line holds; where to
 * go on. */
static enum anomaly
tell_some(enum anomaly from)
{
	struct log_line line;
	unsigned int told = 0;

	log_begin(&line, LOG_LEVEL_INFO, "anomaly-counts");
	if (from == 0) {
		log_number(&line, "messages", counts.messages);
		log_number(&line, "read_again", counts.read);
		log_number(&line, "parts", counts.parts);
		log_number(&line, "infected_part", counts.found);
		log_number(&line, "ambiguous", counts.ambiguous);
	}
	for (; from < ANOMALY_COUNT && told < COUNTS_MAX; from++) {
		if (counts.anomaly[from] == 0)
			continue;
		log_number(&line, anomaly_name(from), counts.anomaly[from]);
		told++;
	}
	log_retry_end(&line);
	return from;
}

static bool
is_left(enum anomaly from)
{
	while (from < ANOMALY_COUNT && counts.anomaly[from] == 0)
		from++;
	return from < ANOMALY_COUNT;
}

void
anomaly_run(uint64_t now)
{
	enum anomaly from;

	if (tell_at == 0 || now < tell_at)
		return;
	tell_at = 0;
	from = tell_some(0);
	while (is_left(from))
		from = tell_some(from);
	memset(&counts, 0, sizeof(counts));
}

uint64_t
anomaly_next(void)
{
	return tell_at != 0 ? tell_at : UINT64_MAX;
}
