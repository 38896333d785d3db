/* SPDX-License-Identifier: ISC */
/* The search for clamd's limits; see search.h.  In the scanner. */
#include "scanner/clamd/search.h"

#define MB (UINT64_C(1) << 20)

/* From 2 GB on clamd's reader of tar takes no size for one. */
#define TOP (2047 * MB)

void
search_begin(struct search *s)
{
	*s = (struct search){.step = SEARCH_TOP, .high = TOP};
}

void
search_check(struct search *s)
{
	s->step = SEARCH_CHECK;
}

/* A lower limit must not go unnoticed, nor that it is another one. */
static bool
is_still_so(const struct search *s, enum search_answer answer)
{
	if (s->found.told && s->found.file != UINT64_MAX)
		return answer == SEARCH_ABOVE_SCAN;
	return answer == SEARCH_BELOW;
}

uint64_t
search_size(const struct search *s)
{
	uint64_t middle = s->low + (s->high - s->low) / 2;

	switch (s->step) {
	case SEARCH_CHECK:
		if (s->found.file == UINT64_MAX)
			break;
		return s->found.file + (s->found.told ? 1 : 0);
	case SEARCH_TOP:
	case SEARCH_DONE:
		break;
	case SEARCH_ROUGH:
	case SEARCH_SCAN:
		return middle / MB * MB;
	case SEARCH_EXACT:
		return s->low + 1;
	case SEARCH_FINE:
		return middle;
	}
	return TOP;
}

/* The lowest limit is known to be low; is there another one above it? */
static void
found_first(struct search *s)
{
	s->found = (struct archive_bounds){.file = s->low,
	    .all = s->low,
	    .told = s->at_high == SEARCH_ABOVE_SCAN};
	s->step = s->found.told ? SEARCH_DONE : SEARCH_SCAN;
	s->low = s->low / MB * MB;
	s->high = TOP + MB; /* that was never asked: above it by definition */
}

/* What else is to be asked in this step, or in which one. */
static void
narrow(struct search *s)
{
	bool fine = s->step == SEARCH_FINE;

	if (s->high - s->low > (fine ? 1 : MB))
		return;
	if (s->step == SEARCH_ROUGH)
		s->step = SEARCH_EXACT;
	else if (fine)
		found_first(s);
	else {
		s->found.all = s->high > TOP ? UINT64_MAX : s->low;
		if (s->found.all < s->found.file)
			s->found.all = s->found.file;
		s->step = SEARCH_DONE;
	}
}

bool
search_take(struct search *s, enum search_answer answer)
{
	bool scan = s->step == SEARCH_SCAN;
	bool above = answer == SEARCH_ABOVE_SCAN ||
		     (answer == SEARCH_ABOVE_FILE && !scan);
	uint64_t size = search_size(s);

	if (answer == SEARCH_ODD)
		return false;
	if (s->step == SEARCH_CHECK) {
		if (is_still_so(s, answer))
			s->step = SEARCH_DONE;
		else
			search_begin(s);
		return true;
	}
	if (s->step == SEARCH_TOP && !above) {
		s->found = (struct archive_bounds){
		    .file = UINT64_MAX, .all = UINT64_MAX, .told = true};
		s->step = SEARCH_DONE;
		return true;
	}
	if (above) {
		s->high = size;
		s->at_high = answer;
	} else
		s->low = size;
	if (s->step == SEARCH_TOP)
		s->step = SEARCH_ROUGH;
	else if (s->step == SEARCH_EXACT && above)
		found_first(s);
	else if (s->step == SEARCH_EXACT)
		s->step = SEARCH_FINE;
	if (s->step == SEARCH_ROUGH || s->step == SEARCH_FINE || scan)
		narrow(s);
	return true;
}

static bool
says(struct span name, const char *limit)
{
	size_t len = strlen(limit);

	return name.len >= len &&
	       memcmp(name.ptr + (name.len - len), limit, len) == 0;
}

enum search_answer
search_answer_of(const struct reply *reply)
{
	if (reply->outcome == OUTCOME_CLEAN)
		return SEARCH_BELOW;
	if (reply->outcome != OUTCOME_LIMITS_EXCEEDED)
		return SEARCH_ODD;
	if (says(reply->name, ".MaxFileSize"))
		return SEARCH_ABOVE_FILE;
	return says(reply->name, ".MaxScanSize") ? SEARCH_ABOVE_SCAN
						 : SEARCH_ODD;
}
