/* SPDX-License-Identifier: ISC */
/*
 * One row per reply a filter may send to a command other than OPTNEG.  What
 * has no row ('4', 'f' and 'l' among it) no MTA treats well: an error here.
 */
#include "bench/replies.h"

#include <stdbool.h>

#include "parser/milter/milter.h"

static const struct reply_row {
	enum milter_reply reply;
	enum reply_meaning meaning;
	uint32_t action; /* that must have been granted; 0: none */
	uint32_t least;	 /* payload bytes; 0: must be empty */
	bool string;	 /* the payload ends with NUL */
} replies[] = {
    {MILTER_CONTINUE, REPLY_CONTINUE, 0, 0, false},
    {MILTER_ACCEPT, REPLY_ACCEPT, 0, 0, false},
    {MILTER_REJECT, REPLY_REFUSE, 0, 0, false},
    {MILTER_TEMPFAIL, REPLY_REFUSE, 0, 0, false},
    {MILTER_REPLYCODE, REPLY_REFUSE, 0, sizeof("550 x"), true},
    {MILTER_DISCARD, REPLY_DISCARD, 0, 0, false},
    {MILTER_SKIP, REPLY_SKIP, 0, 0, false},
    {MILTER_PROGRESS, REPLY_PROGRESS, 0, 0, false},
    {MILTER_ADDHEADER, REPLY_EDIT, MILTER_ACT_ADDHDRS, 3, true},
    {MILTER_INSHEADER, REPLY_EDIT, MILTER_ACT_ADDHDRS, 7, true},
    {MILTER_CHGHEADER, REPLY_EDIT, MILTER_ACT_CHGHDRS, 7, true},
    {MILTER_ADDRCPT, REPLY_EDIT, MILTER_ACT_ADDRCPT, 2, true},
    {MILTER_ADDRCPT_PAR, REPLY_EDIT, MILTER_ACT_ADDRCPT_PAR, 2, true},
    {MILTER_DELRCPT, REPLY_EDIT, MILTER_ACT_DELRCPT, 2, true},
    {MILTER_CHGFROM, REPLY_EDIT, MILTER_ACT_CHGFROM, 2, true},
    {MILTER_REPLBODY, REPLY_EDIT, MILTER_ACT_CHGBODY, 1, false},
    {MILTER_QUARANTINE, REPLY_EDIT, MILTER_ACT_QUARANTINE, 2, true},
};
#define REPLIES (sizeof(replies) / sizeof(replies[0]))

const char *
reply_read(uint8_t code, struct span payload, uint32_t actions,
    enum reply_meaning *out)
{
	const struct reply_row *row = replies;

	while (row < replies + REPLIES && (uint8_t)row->reply != code)
		row++;
	if (row == replies + REPLIES)
		return "unknown reply";
	if (row->least == 0 ? payload.len > 0 : payload.len < row->least)
		return "reply of the wrong length";
	if (row->string && payload.ptr[payload.len - 1] != '\0')
		return "reply without its NUL";
	if ((row->action & ~actions) != 0)
		return "edit that was not negotiated";
	*out = row->meaning;
	return NULL;
}
