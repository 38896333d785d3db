/* SPDX-License-Identifier: ISC */
/*
 * The check of SMTP reply templates: what passes here can be sent to any MTA
 * without another look, once %v and %% are replaced.
 */
#ifndef CONFIG_REPLY_TEMPLATE_H
#define CONFIG_REPLY_TEMPLATE_H

#include <stdbool.h>

#include "lib/outcome.h"

/* NULL if text is a reply template: "DDD d.ddd.ddd text" (RFC 5321 4.2,
 * RFC 3463 2) with code 4xx or 5xx and class the same, printable ASCII, short
 * enough when filled in.  Otherwise "what is wrong; the mend". */
const char *reply_template_check(const char *text);

/* Whether a template that passed the check fits the action: 5xx for reject,
 * 4xx for tempfail.  True for actions that send no reply. */
bool reply_template_fits(const char *text, enum action);

#endif
