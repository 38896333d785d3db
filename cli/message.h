/* SPDX-License-Identifier: ISC */
/*
 * A saved message, taken apart as an MTA takes it apart for a milter.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "lib/span.h"

/* Feeds the fields and the body of text to judge_field and judge_body.  A first
 * line that begins with "From " comes from a mailbox and is left out.  Where
 * the lines end in LF only, each LF of the body becomes CR LF. */
void message_judge(struct span text);

#endif
