/* SPDX-License-Identifier: ISC */
/* The stamp's record; see stamp.h.  No state, no I/O. */
#include "lib/stamp.h"

#define SCOPE_VIRUS  1
#define RESULT_CLEAN 1

/* Offsets in the record. */
enum stamp_offset {
	AT_MAGIC = 0,
	AT_SCOPE = 16,
	AT_RESULT = 17,
	AT_FLAGS = 18,
	AT_ZERO = 19,
	AT_DATABASE = 20,
	AT_TIME = 24,
	AT_EXPIRY = 32,
	AT_DATABASE_TIME = 40,
	AT_ID = 48,
	AT_KEY = 56,
	AT_PROFILE = 72,
	AT_ENGINE = 88,
	AT_BODY = 120,
	AT_HEADER = 152,
	AT_ADDRESS = 184
};

_Static_assert(AT_ADDRESS + STAMP_DIGEST == STAMP_RECORD, "216 bytes");

static const uint8_t magic[16] = "scan-stamp/v1";

static const char *const reasons[STAMP_REASONS] = {
    [STAMP_GOOD] = "good",
    [STAMP_NOT_PEER] = "not-peer",
    [STAMP_NONE] = "none",
    [STAMP_TOO_MANY] = "too-many",
    [STAMP_SYNTAX] = "syntax",
    [STAMP_UNKNOWN_KEY] = "unknown-key",
    [STAMP_KEY_NOT_FOR_CLIENT] = "key-not-for-client",
    [STAMP_BAD_MAC] = "bad-mac",
    [STAMP_KEY_WINDOW] = "key-window",
    [STAMP_FUTURE] = "future",
    [STAMP_EXPIRY] = "expiry",
    [STAMP_TOO_OLD] = "too-old",
    [STAMP_PROFILE] = "profile",
    [STAMP_NO_DB] = "no-db",
    [STAMP_DB_OLD] = "db-old",
    [STAMP_OWN_DB_UNKNOWN] = "own-db-unknown",
    [STAMP_OWN_DB_NEWER] = "own-db-newer",
    [STAMP_NOT_DIGESTIBLE] = "not-digestible",
    [STAMP_BODY] = "body",
    [STAMP_HEADER] = "header",
    [STAMP_ADDRESS] = "address",
    [STAMP_NOT_CHECKED] = "not-checked",
};

static const char *const answers[STAMP_ANSWERS] = {
    [STAMP_VIOLATION] = "violation",
    [STAMP_MADE] = "made",
    [STAMP_NO_DATABASE] = "no-database",
    [STAMP_NO_KEY] = "no-key",
    [STAMP_KEY_EXPIRED] = "key-expired",
    [STAMP_KEY_NOT_YET] = "key-not-yet",
};

const char *
stamp_answer_name(enum stamp_answer answer)
{
	return answer < STAMP_ANSWERS ? answers[answer] : "unknown";
}

const char *
stamp_reason_name(enum stamp_reason reason)
{
	return reason < STAMP_REASONS ? reasons[reason] : "unknown";
}

/* --- encoding ------------------------------------------------------------- */

static void
put_number(uint8_t *to, size_t bytes, uint64_t n)
{
	for (size_t i = bytes; i > 0; i--) {
		to[i - 1] = (uint8_t)n;
		n >>= 8;
	}
}

static uint64_t
get_number(const uint8_t *from, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | from[i];
	return n;
}

void
stamp_encode(const struct stamp *s, uint8_t record[static STAMP_RECORD])
{
	memset(record, 0, STAMP_RECORD);
	memcpy(record + AT_MAGIC, magic, sizeof(magic));
	record[AT_SCOPE] = SCOPE_VIRUS;
	record[AT_RESULT] = RESULT_CLEAN;
	record[AT_FLAGS] = s->flags;
	put_number(record + AT_DATABASE, 4, s->database);
	put_number(record + AT_TIME, 8, s->time);
	put_number(record + AT_EXPIRY, 8, s->expiry);
	put_number(record + AT_DATABASE_TIME, 8, s->database_time);
	memcpy(record + AT_ID, s->id, sizeof(s->id));
	memcpy(record + AT_KEY, s->key, strnlen(s->key, STAMP_KEY_MAX));
	memcpy(record + AT_PROFILE, s->profile,
	    strnlen(s->profile, STAMP_PROFILE_MAX));
	memcpy(record + AT_ENGINE, s->engine,
	    strnlen(s->engine, STAMP_ENGINE_MAX));
	memcpy(record + AT_BODY, s->body, STAMP_DIGEST);
	memcpy(record + AT_HEADER, s->header, STAMP_DIGEST);
	memcpy(record + AT_ADDRESS, s->address, STAMP_DIGEST);
}

/* --- decoding ------------------------------------------------------------- */

/* A string of at most max bytes out of a place of size bytes; the rest must be
 * NUL. */
static bool
get_text(const uint8_t *from, size_t size, size_t max, char *out)
{
	size_t len = strnlen((const char *)from, size);

	for (size_t i = len; i < size; i++) {
		if (from[i] != 0)
			return false;
	}
	if (len > max)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

static bool
get_texts(const uint8_t *record, struct stamp *s)
{
	return get_text(record + AT_KEY, 16, STAMP_KEY_MAX, s->key) &&
	       get_text(
		   record + AT_PROFILE, 16, STAMP_PROFILE_MAX, s->profile) &&
	       get_text(record + AT_ENGINE, 32, STAMP_ENGINE_MAX, s->engine) &&
	       stamp_engine_fit(span_text(s->engine)) &&
	       (s->key[0] == '\0' || stamp_key_fit(span_text(s->key))) &&
	       (s->profile[0] == '\0' ||
		   stamp_profile_fit(span_text(s->profile)));
}

bool
stamp_decode(const uint8_t record[static STAMP_RECORD], struct stamp *out)
{
	struct stamp s = {.flags = record[AT_FLAGS]};

	if (memcmp(record + AT_MAGIC, magic, sizeof(magic)) != 0 ||
	    record[AT_SCOPE] != SCOPE_VIRUS ||
	    record[AT_RESULT] != RESULT_CLEAN ||
	    (s.flags & ~STAMP_FLAGS) != 0 || record[AT_ZERO] != 0 ||
	    !get_texts(record, &s))
		return false;
	s.database = (uint32_t)get_number(record + AT_DATABASE, 4);
	s.time = get_number(record + AT_TIME, 8);
	s.expiry = get_number(record + AT_EXPIRY, 8);
	s.database_time = get_number(record + AT_DATABASE_TIME, 8);
	if (s.time > STAMP_NUMBER_MAX || s.expiry > STAMP_NUMBER_MAX ||
	    s.database_time > STAMP_NUMBER_MAX)
		return false;
	memcpy(s.id, record + AT_ID, sizeof(s.id));
	memcpy(s.body, record + AT_BODY, STAMP_DIGEST);
	memcpy(s.header, record + AT_HEADER, STAMP_DIGEST);
	memcpy(s.address, record + AT_ADDRESS, STAMP_DIGEST);
	*out = s;
	return true;
}

/* --- names ---------------------------------------------------------------- */

/* What every name may contain; what an engine's may contain; and what
 * characters after the first may be. */
#define PLAIN	     "0123456789abcdefghijklmnopqrstuvwxyz"
#define PLAIN_ENGINE PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool
is_one_of(uint8_t c, const char *set)
{
	return c != 0 && strchr(set, (char)c) != NULL;
}

static bool
name_fit(struct span s, size_t max, const char *plain, const char *others)
{
	if (s.len == 0 || s.len > max)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_one_of(s.ptr[i], plain) &&
		    (i == 0 || !is_one_of(s.ptr[i], others)))
			return false;
	}
	return true;
}

bool
stamp_key_fit(struct span s)
{
	return name_fit(s, STAMP_KEY_MAX, PLAIN, "._-") &&
	       is_one_of(s.ptr[s.len - 1], PLAIN);
}

bool
stamp_profile_fit(struct span s)
{
	return name_fit(s, STAMP_PROFILE_MAX, PLAIN, "._-");
}

bool
stamp_engine_fit(struct span s)
{
	return name_fit(s, STAMP_ENGINE_MAX, PLAIN_ENGINE, "._+-");
}
