/* SPDX-License-Identifier: ISC */
/*
 * Prints the record types that there are, for the drivers in this directory:
 * name, number, and size, bytes behind the fixed part not counted; and the
 * numbers of some outcomes.
 */
#include "privsep/ipc/record.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/outcome.h"

static const struct {
	enum record_type type;
	size_t size;
} sizes[] = {
    {RECORD_READY, sizeof(struct record_ready)},
    {RECORD_ENDED, sizeof(struct record_ended)},
    {RECORD_LOAD, sizeof(struct record_load)},
    {RECORD_YIELD, sizeof(struct record_plain)},
    {RECORD_PEER, sizeof(struct record_peer)},
    {RECORD_BACKEND, sizeof(struct record_backend)},
    {RECORD_STAMP, sizeof(struct record_stamp)},
    {RECORD_CHECK, sizeof(struct record_check)},
    {RECORD_STAMPED, sizeof(struct record_stamped)},
    {RECORD_CHECKED, sizeof(struct record_checked)},
    {RECORD_CUT, sizeof(struct record_cut)},
    {RECORD_BEGIN, sizeof(struct record_begin)},
    {RECORD_FIELD, sizeof(struct record_field)},
    {RECORD_CANDIDATE, sizeof(struct record_candidate)},
    {RECORD_BODY, sizeof(struct record_body)},
    {RECORD_END, sizeof(struct record_end)},
    {RECORD_ABORT, sizeof(struct record_plain)},
    {RECORD_REPORT, sizeof(struct record_report)},
    {RECORD_CLOSING, sizeof(struct record_closing)},
    {RECORD_PART, sizeof(struct record_part)},
    {RECORD_PART_BYTES, sizeof(struct record_part_bytes)},
    {RECORD_PART_END, sizeof(struct record_part_end)},
    {RECORD_READ, sizeof(struct record_read)},
    {RECORD_REPLAY, sizeof(struct record_replay)},
    {RECORD_CONTENT, sizeof(struct record_content)},
    {RECORD_RESULT, sizeof(struct record_result)},
    {RECORD_DRAIN, sizeof(struct record_plain)},
};

int
main(void)
{
	for (enum record_type type = 0; type < RECORD_TYPES; type++) {
		size_t size = sizeof(struct record_head);

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			if (sizes[i].type == type)
				size = sizes[i].size;
		printf("%s %d %zu\n", record_name(type), (int)type, size);
	}
	printf("outcome-clean %d 0\noutcome-infected %d 0\n"
	       "outcome-too-big %d 0\noutcome-clean-by-stamp %d 0\n"
	       "outcome-busy %d 0\noutcome-exempt %d 0\n"
	       "outcome-ambiguous %d 0\n",
	    OUTCOME_CLEAN, OUTCOME_INFECTED, OUTCOME_TOO_BIG,
	    OUTCOME_CLEAN_BY_STAMP, OUTCOME_BUSY, OUTCOME_EXEMPT,
	    OUTCOME_AMBIGUOUS);
	printf("batch-max 0 %d\n", RECORD_BATCH_MAX);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
