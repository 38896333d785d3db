/* SPDX-License-Identifier: ISC */
/* Making and checking of stamps; see notary.h.  In the monitor. */
#include "keys/notary.h"

#include <sodium.h>

#include "keys/keyring.h"

#define DAY	 UINT64_C(86400)
#define LIFE_MAX (7 * DAY) /* whatever a site sets */
#define SECOND	 1000	   /* settings are in milliseconds */

static const struct stamp_settings *settings;

_Static_assert(crypto_auth_hmacsha256_KEYBYTES == KEY_SECRET &&
		   crypto_auth_hmacsha256_BYTES == STAMP_MAC,
    "HMAC-SHA-256 with all its bytes");

void
notary_setup(const struct stamp_settings *s)
{
	settings = s;
}

void
notary_mac(const struct key *key, const uint8_t record[static STAMP_RECORD],
    uint8_t mac[static STAMP_MAC])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key->secret, sizeof(key->secret));
	crypto_auth_hmacsha256_update(&state, record, STAMP_RECORD);
	crypto_auth_hmacsha256_final(&state, mac);
	/* As good as the key. */
	sodium_memzero(&state, sizeof(state));
}

/* What a scanner of ours leaves to us is zero. */
static bool
is_request(const struct stamp *s, uint64_t now)
{
	return s->time == 0 && s->expiry == 0 &&
	       sodium_is_zero(s->id, sizeof(s->id)) != 0 && s->key[0] == '\0' &&
	       s->profile[0] == '\0' && s->database_time <= now + DAY;
}

enum stamp_answer
notary_stamp(const uint8_t request[static STAMP_RECORD], uint64_t now,
    uint8_t record[static STAMP_RECORD], uint8_t mac[static STAMP_MAC])
{
	const struct key *key = keyring_stamping();
	struct stamp s;

	if (!stamp_decode(request, &s) || !is_request(&s, now))
		return STAMP_VIOLATION;
	if (s.database == 0 || s.database_time == 0)
		return STAMP_NO_DATABASE;
	if (!settings->add || key == NULL)
		return STAMP_NO_KEY;
	if (now < key->from)
		return STAMP_KEY_NOT_YET;
	if (now > key->until)
		return STAMP_KEY_EXPIRED;
	s.time = now;
	s.expiry = now + settings->lifetime / SECOND;
	randombytes_buf(s.id, sizeof(s.id));
	memcpy(s.key, key->id, sizeof(s.key));
	memcpy(s.profile, settings->profile, sizeof(s.profile));
	stamp_encode(&s, record);
	notary_mac(key, record, mac);
	return STAMP_MADE;
}

static bool
is_for_peer(uint32_t number, const char *id)
{
	const struct stamp_peer *peer;

	if (number >= settings->peers)
		return false;
	peer = &settings->peer[number];
	for (uint32_t i = 0; i < peer->keys; i++) {
		if (strcmp(peer->key[i], id) == 0)
			return true;
	}
	return false;
}

static enum stamp_reason
check_times(const struct stamp *s, const struct key *key, uint64_t now)
{
	if (s->time < key->from || s->time > key->until)
		return STAMP_KEY_WINDOW;
	if (s->time > now + settings->skew / SECOND)
		return STAMP_FUTURE;
	if (s->time >= s->expiry || s->expiry > s->time + LIFE_MAX ||
	    now >= s->expiry)
		return STAMP_EXPIRY;
	if (now > s->time && now - s->time > settings->max_age / SECOND)
		return STAMP_TOO_OLD;
	return STAMP_GOOD;
}

enum stamp_reason
notary_check(const uint8_t record[static STAMP_RECORD],
    const uint8_t mac[static STAMP_MAC], uint32_t peer, uint64_t now)
{
	const struct key *key;
	uint8_t right[STAMP_MAC];
	enum stamp_reason reason;
	struct stamp s;

	if (!stamp_decode(record, &s))
		return STAMP_SYNTAX;
	if ((key = keyring_find(s.key)) == NULL)
		return STAMP_UNKNOWN_KEY;
	if (!is_for_peer(peer, s.key))
		return STAMP_KEY_NOT_FOR_CLIENT;
	notary_mac(key, record, right);
	/* In constant time, so that nobody learns how much of it was right. */
	reason = crypto_verify_32(right, mac) == 0 ? STAMP_GOOD : STAMP_BAD_MAC;
	sodium_memzero(right, sizeof(right));
	if (reason == STAMP_GOOD)
		reason = check_times(&s, key, now);
	if (reason == STAMP_GOOD && strcmp(s.profile, settings->profile) != 0)
		reason = STAMP_PROFILE;
	return reason;
}
