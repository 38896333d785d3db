/* SPDX-License-Identifier: ISC */
/*
 * Key files and days: keys/key_file.c.
 *
 * Input: a key file, or (first byte 0xff) a day.  What is right is said again
 * by an expression, and days by the C library's calendar.  What is taken is
 * written, and read as the same; of what is not nothing is left.
 */
#include "keys/key_file.h"

#include <regex.h>
#include <stdio.h>
#include <time.h>

#include "fuzz/kit/fuzz.h"

#define DAY_TAG	  0xff
#define DAY	  "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#define DAY_CHARS 10
#define SECONDS	  86400

/* Where the expression has its brackets. */
enum { WHOLE, ID, USE, FROM_LINE, FROM, UNTIL_LINE, UNTIL, SECRET, PARTS };

static const char form[] =
    "^pratique-key 1\nid ([a-z0-9._-]{1,16})\nuse (stamp|check)\n"
    "(from (" DAY "|[0-9]+)\n)?(until (" DAY "|[0-9]+)\n)?"
    "secret ([0-9a-fA-F]{64})\n$";

static bool
plain_day(const char *text, uint64_t *out)
{
	struct tm tm = {0};
	char again[64];
	time_t t;

	if (strlen(text) != DAY_CHARS ||
	    sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) !=
		3)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = timegm(&tm);
	strftime(again, sizeof(again), "%Y-%m-%d", &tm);
	if (t < 0 || strcmp(text, again) != 0)
		return false;
	*out = (uint64_t)t;
	return true;
}

static void
check_day(struct span text)
{
	char plain[DAY_CHARS + 1] = "", written[KEY_DAY_MAX];
	uint64_t want = 0, got = 0;
	bool is_day = false;

	if (text.len == DAY_CHARS) {
		memcpy(plain, text.ptr, DAY_CHARS);
		is_day = plain_day(plain, &want);
	}
	NEED(key_day_parse(text, &got) == is_day);
	if (!is_day)
		return;
	NEED(got == want);
	key_day_write(got, written);
	NEED(strcmp(written, plain) == 0);
	key_day_write(got + SECONDS - 1, written);
	NEED(strcmp(written, plain) == 0);
}

/* --- files ---------------------------------------------------------------- */

static const char *
part(const char *text, const regmatch_t *at, char out[static KEY_FILE_MAX])
{
	snprintf(out, KEY_FILE_MAX, "%.*s", (int)(at->rm_eo - at->rm_so),
	    text + at->rm_so);
	return out;
}

/* A day and more, or seconds; false if it is neither. */
static bool
plain_time(const char *text, const regmatch_t *at, uint64_t more, uint64_t *out)
{
	char value[KEY_FILE_MAX];

	if (at->rm_so == -1)
		return true;
	part(text, at, value);
	if (plain_day(value, out)) {
		*out += more;
		return true;
	}
	*out = strtoull(value, NULL, 10); /* or the largest number */
	return strchr(value, '-') == NULL && *out <= STAMP_NUMBER_MAX;
}

static bool
plain_secret(const char *hex, struct key *k)
{
	bool differ = false;

	for (size_t i = 0; i < KEY_SECRET; i++) {
		unsigned int byte = 0;

		sscanf(hex + 2 * i, "%2x", &byte);
		k->secret[i] = (uint8_t)byte;
		differ = differ || k->secret[i] != k->secret[0];
	}
	return differ;
}

/* The key of a text, as the expression has it. */
static bool
plain_key(const char *text, struct key *k)
{
	static regex_t expression;
	static bool compiled;
	regmatch_t at[PARTS];
	char use[KEY_FILE_MAX], id[KEY_FILE_MAX];
	size_t len;

	if (!compiled)
		NEED(regcomp(&expression, form, REG_EXTENDED) == 0);
	compiled = true;
	if (regexec(&expression, text, PARTS, at, 0) != 0)
		return false;
	*k = (struct key){.until = STAMP_NUMBER_MAX};
	k->stamps = strcmp(part(text, &at[USE], use), "stamp") == 0;
	len = strlen(part(text, &at[ID], id));
	memcpy(k->id, id, len);
	/* An id is a name: no mark at its ends. */
	return strchr("._-", id[0]) == NULL &&
	       strchr("._-", id[len - 1]) == NULL &&
	       plain_time(text, &at[FROM], 0, &k->from) &&
	       plain_time(text, &at[UNTIL], SECONDS - 1, &k->until) &&
	       k->from <= k->until && plain_secret(text + at[SECRET].rm_so, k);
}

static bool
same_key(const struct key *a, const struct key *b)
{
	return strcmp(a->id, b->id) == 0 && a->stamps == b->stamps &&
	       a->from == b->from && a->until == b->until &&
	       memcmp(a->secret, b->secret, KEY_SECRET) == 0;
}

static void
check_file(struct span text)
{
	static const struct key none;
	char plain[KEY_FILE_MAX + 1], out[KEY_FILE_MAX];
	struct key want, got, again;
	const char *why;
	bool right;

	memcpy(plain, text.ptr, text.len);
	plain[text.len] = '\0';
	right = strlen(plain) == text.len && plain_key(plain, &want);
	memset(&got, 0xa5, sizeof(got));
	why = key_file_parse(text, &got);
	NEED((why == NULL) == right);
	if (!right) {
		NEED(*why != '\0');
		NEED(memcmp(&got, &none, sizeof(got)) == 0);
		return;
	}
	NEED(same_key(&got, &want));
	key_file_write(&got, out);
	NEED(key_file_parse(span_text(out), &again) == NULL);
	NEED(same_key(&got, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	bool day = size > 0 && data[0] == DAY_TAG;
	struct span text;

	if (day)
		(void)fuzz_u8(&c);
	/* As much as the daemon reads. */
	if (c.left > KEY_FILE_MAX)
		c.left = KEY_FILE_MAX;
	text = fuzz_copy(cursor_rest(&c));
	if (day)
		check_day(text);
	else
		check_file(text);
	free((void *)(uintptr_t)text.ptr);
	return 0;
}
