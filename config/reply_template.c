/* SPDX-License-Identifier: ISC */
/*
 * The check of SMTP reply templates; see reply_template.h.  Runs in pratiqued
 * and pratique(8).
 */
#include "config/reply_template.h"

#include <stddef.h>
#include <string.h>

#include "config/settings.h"

/* RFC 5321 4.5.3.1.5 grants a reply line 512 bytes with CRLF; some are left
 * for what an MTA puts in. */
#define REPLY_SENT_MAX 400
/* A signature name is cut to 64 bytes where it is put in, and percent signs
 * are doubled on the way to the MTA. */
#define REPLY_VIRUS_SENT   (2 * 64)
#define REPLY_PERCENT_SENT 2
#define REPLY_CODE_LEN	   4 /* "550 " */
#define ENHANCED_DIGITS	   3 /* RFC 3463 2: subject and detail, 1 to 3 each */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Skips ".d", ".dd" or ".ddd"; NULL if there is none. */
static const char *
skip_part(const char *text)
{
	size_t digits;

	if (*text != '.')
		return NULL;
	digits = strspn(text + 1, "0123456789");
	return digits >= 1 && digits <= ENHANCED_DIGITS ? text + 1 + digits
							: NULL;
}

/* Skips "5.7.1 "; NULL if it is not there or not of that class. */
static const char *
skip_enhanced(const char *text, char class)
{
	if (*text != class)
		return NULL;
	text = skip_part(text + 1);
	if (text != NULL)
		text = skip_part(text);
	return text != NULL && *text == ' ' ? text + 1 : NULL;
}

static const char *
check_text(const char *text, size_t sent)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return "holds a character that is not printable "
			       "ASCII; take it out";
		if (*text != '%') {
			sent++;
			continue;
		}
		text++;
		if (*text != 'v' && *text != '%')
			return "has a % that is not %v or %%; write %% for a "
			       "percent sign";
		sent += *text == 'v' ? REPLY_VIRUS_SENT : REPLY_PERCENT_SENT;
	}
	return sent > REPLY_SENT_MAX
		   ? "is too long with %v filled in; make it shorter"
		   : NULL;
}

const char *
reply_template_check(const char *text)
{
	const char *rest;

	if ((text[0] != '4' && text[0] != '5') || !is_digit(text[1]) ||
	    !is_digit(text[2]) || text[3] != ' ')
		return "does not begin with a code 4xx or 5xx and a space; "
		       "write for example: 550 5.7.1 Message refused";
	rest = skip_enhanced(text + REPLY_CODE_LEN, text[0]);
	if (rest == NULL)
		return "has no enhanced code of the same class behind the "
		       "code; write for example: 550 5.7.1 Message refused";
	if (rest[strspn(rest, " ")] == '\0')
		return "has no text behind the codes; add some";
	if (strlen(text) >= SETTINGS_REPLY_MAX)
		return "is too long; a reply has at most 255 bytes";
	return check_text(rest, (size_t)(rest - text));
}

bool
reply_template_fits(const char *text, enum action action)
{
	if (action == ACTION_REJECT)
		return text[0] == '5';
	return action != ACTION_TEMPFAIL || text[0] == '4';
}
