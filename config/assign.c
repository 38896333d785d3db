/* SPDX-License-Identifier: ISC */
/*
 * Stores one value: the switch from an option's type to its parser.  Runs in
 * pratiqued and pratique(8).
 */
#include <ctype.h>
#include <string.h>

#include "config/reading.h"
#include "config/reply_template.h"
#include "lib/field.h"
#include "sandbox/sandbox.h"

#define HOST_SIZE sizeof(((struct session_settings *)0)->hostname)

/* Enums of the settings are written through pointers to their type's
 * representation. */
_Static_assert(sizeof(enum log_format) == sizeof(uint32_t) &&
		   sizeof(enum log_to) == sizeof(uint32_t),
    "OPTION_WORD stores 32 bits");

static bool
assign_address(const char *text, struct address *out, struct complaint *c)
{
	const char *why = address_parse_name(text, out);

	return why == NULL || complain(c, text, "%s", why);
}

static bool
assign_listen(struct config *config, const char *text, struct complaint *c)
{
	struct address a;

	if (config->listens == CONFIG_LISTEN_MAX)
		return complain(c, text,
		    "is one too many; at most %d addresses can be listened on",
		    CONFIG_LISTEN_MAX);
	if (!assign_address(text, &a, c))
		return false;
	for (uint32_t i = 0; i < config->listens; i++) {
		const struct address *other = &config->listen[i];

		if (a.len != 0 && other->len == a.len &&
		    memcmp(&other->storage, &a.storage, a.len) == 0)
			return complain(c, text,
			    "is listened on already; remove one of the two");
	}
	config->listen[config->listens++] = a;
	return true;
}

static bool
assign_reply(const char *text, char *out, struct complaint *c)
{
	const char *why = *text == '\0' ? NULL : reply_template_check(text);

	if (why != NULL)
		return complain(c, text, "%s", why);
	memcpy(out, text, strlen(text) + 1);
	return true;
}

/* Texts in fixed arrays.  Path and host name may be left empty where the
 * preset is, field names always. */
static bool
assign_text(
    const struct option *o, const char *text, char *out, struct complaint *c)
{
	bool may_be_empty = *o->preset == '\0' || o->type == OPTION_HEADER;

	if (*text == '\0' && may_be_empty) {
		*out = '\0';
		return true;
	}
	if (o->type == OPTION_PATH)
		return value_path(text, out, PATH_MAX, c);
	if (o->type == OPTION_HOST)
		return value_host(text, out, HOST_SIZE, c);
	return value_header(text, out, SETTINGS_NAME_MAX, c);
}

/* One more key of a peer. */
static bool
assign_peer_key(struct stamp_peer *peer, const char *text, struct complaint *c)
{
	char key[STAMP_KEY_MAX + 1];

	if (peer->keys == SETTINGS_KEYS_MAX)
		return complain(c, text, "is one too many; the most is %d",
		    SETTINGS_KEYS_MAX);
	if (!value_key(text, key, c))
		return false;
	memcpy(peer->key[peer->keys++], key, sizeof(key));
	return true;
}

/* One more field name, in lower case. */
static bool
assign_ignore(struct stamp_settings *s, const char *text, struct complaint *c)
{
	size_t len = strlen(text);
	char name[SETTINGS_NAME_MAX];

	if (s->ignores == SETTINGS_IGNORE_MAX)
		return complain(c, text, "is one too many; the most is %d",
		    SETTINGS_IGNORE_MAX);
	if (len >= sizeof(name))
		return complain(c, text, "is too long; give at most %zu bytes",
		    sizeof(name) - 1);
	memcpy(name, text, len + 1);
	for (size_t i = 0; i < len; i++) {
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)tolower(name[i]);
	}
	if (!field_may_ignore(name))
		return complain(c, text,
		    "must not be left out: programs act on it; name a trace "
		    "field, or a prefix that begins with x- and ends in *");
	memcpy(s->ignore[s->ignores++], name, len + 1);
	return true;
}

/* One more layer; "" for none. */
static bool
assign_layer(const struct option *o, const char *text, uint32_t *layers,
    struct complaint *c)
{
	const char *const *word = o->words;

	if (*text == '\0')
		return true;
	while (*word != NULL && strcmp(*word, text) != 0)
		word++;
	if (*word == NULL)
		return complain(c, text,
		    "is not a layer that can be required; give %s",
		    VALUE_LAYERS);
	*layers |= LAYER_BIT(sandbox_layer_find(text));
	return true;
}

bool
option_assign(
    const struct option *o, void *base, const char *text, struct complaint *c)
{
	void *at = (char *)base + o->place;

	switch (o->type) {
	case OPTION_ADDRESSES:
		return assign_listen(base, text, c);
	case OPTION_ADDRESS:
		return assign_address(text, at, c);
	case OPTION_MODE:
		return value_mode(text, at, c);
	case OPTION_USER:
		return value_user(text, at, c);
	case OPTION_GROUP:
		return value_group(text, at, c);
	case OPTION_SIZE:
		return value_size(text, o->min, o->max, at, c);
	case OPTION_COUNT:
		return value_count(text, o->min, o->max, at, c);
	case OPTION_TIME:
		return value_time(text, o->min, o->max, at, c);
	case OPTION_WORD:
		return value_word(text, o->words, at, c);
	case OPTION_LAYERS:
		return assign_layer(o, text, at, c);
	case OPTION_BOOL:
		return value_bool(text, at, c);
	case OPTION_ACTION:
		return value_action(text, at, c);
	case OPTION_REPLY:
		return assign_reply(text, at, c);
	case OPTION_PATH:
	case OPTION_HOST:
	case OPTION_HEADER:
		return assign_text(o, text, at, c);
	case OPTION_KEY:
		if (*text == '\0')
			return *(char *)at = '\0', true;
		return value_key(text, at, c);
	case OPTION_PROFILE:
		return value_profile(text, at, c);
	case OPTION_KEYS:
		/* No preset: complete.c reports it missing. */
		return *text == '\0' || assign_peer_key(base, text, c);
	case OPTION_IGNORE:
		return *text == '\0' ||
		       assign_ignore(
			   &((struct config *)base)->scanner.stamp, text, c);
	}
	return false;
}
