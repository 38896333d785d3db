/* SPDX-License-Identifier: ISC */
/*
 * stamp-case: the daemon's own code for stamps, driven by lines on standard
 * input, for messages that no file can hold and for many of them in one run.
 * docs/stamps.md lists the lines; bytes are in hex.  Keys go through files in
 * a directory of its own below /tmp.  A line that is not understood ends the
 * program.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/stamp_judge.h"
#include "keys/notary.h"
#include "keys/reader.h"
#include "parser/mail/stamp_field.h"

#define BYTES_MAX  ((size_t)4 << 20) /* of one word, decoded */
#define WORDS_MAX  10
#define FIELDS_MAX 4096
#define HOUR	   3600000U

struct piece {
	uint8_t *name, *value;
	size_t name_len, value_len;
};

static struct stamp_settings settings;
static struct judge judge;
static char dir[] = "/tmp/stamp-case-XXXXXX";
static char *files[KEYRING_MAX];
static size_t file_count;
static struct piece field[FIELDS_MAX];
static size_t fields;
static struct piece body;
static uint8_t decoded[BYTES_MAX];

static void
die(const char *what)
{
	fprintf(stderr, "stamp-case: %s\n", what);
	exit(1);
}

static uint64_t
number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		die("not a number");
	return n;
}

/* The bytes of a hex word, in decoded. */
static size_t
decode(const char *hex)
{
	const char *end;
	size_t len = 0;

	if (strcmp(hex, "-") == 0)
		return 0;
	if (sodium_hex2bin(decoded, sizeof(decoded), hex, strlen(hex), NULL,
		&len, &end) != 0 ||
	    *end != '\0')
		die("not hex");
	return len;
}

static uint8_t *
keep(const char *hex, size_t *len)
{
	uint8_t *bytes;

	*len = decode(hex);
	bytes = malloc(*len + 1);
	if (bytes == NULL)
		die("no memory");
	memcpy(bytes, decoded, *len);
	return bytes;
}

static void
clear(void)
{
	for (size_t i = 0; i < fields; i++) {
		free(field[i].name);
		free(field[i].value);
	}
	fields = 0;
	free(body.value);
	body = (struct piece){0};
}

static void
forget_keys(void)
{
	for (size_t i = 0; i < file_count; i++) {
		unlink(files[i]);
		free(files[i]);
	}
	file_count = 0;
	keyring_wipe();
}

static void
reset(void)
{
	clear();
	forget_keys();
	settings = (struct stamp_settings){.add = true,
	    .profile = "std",
	    .lifetime = HOUR,
	    .max_age = HOUR,
	    .skew = HOUR / 12,
	    .db_age = 72 * HOUR,
	    .header = "X-Scan-Stamp",
	    .peers = 1};
	judge = (struct judge){.settings = &settings,
	    .now = 1700000160,
	    .own = {.number = 27091, .time = 1699950000}};
	settings.peer[0].keys = SETTINGS_KEYS_MAX + 1; /* all */
}

/* --- lines ---------------------------------------------------------------- */

static void
on_key(char **word)
{
	struct key key = {.until = STAMP_NUMBER_MAX};
	char text[KEY_FILE_MAX], path[64], why[256];
	FILE *out;

	if (decode(word[2]) != KEY_SECRET || strlen(word[1]) > STAMP_KEY_MAX ||
	    file_count == KEYRING_MAX)
		die("no key");
	memcpy(key.secret, decoded, KEY_SECRET);
	memcpy(key.id, word[1], strlen(word[1]) + 1);
	if (word[3] != NULL && word[4] != NULL && number(word[4]) != 0) {
		key.from = number(word[3]);
		key.until = number(word[4]);
	}
	key_file_write(&key, text);
	snprintf(path, sizeof(path), "%s/%zu.key", dir, file_count);
	out = fopen(path, "w");
	if (out == NULL || fputs(text, out) == EOF ||
	    fchmod(fileno(out), 0400) == -1 || fclose(out) == EOF)
		die("cannot write a key");
	files[file_count++] = strdup(path);
	if (!reader_load_files(files, file_count, why, sizeof(why)))
		die(why);
}

static void
on_set(char **word)
{
	static const struct {
		const char *name;
		uint32_t *at;
	} times[] = {{"max_age", &settings.max_age}, {"skew", &settings.skew},
	    {"db_lag", &settings.db_lag}, {"db_age", &settings.db_age}};

	if (strcmp(word[1], "now") == 0) {
		judge.now = number(word[2]);
		return;
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(word[1], times[i].name) == 0) {
			*times[i].at = (uint32_t)number(word[2]) * 1000;
			return;
		}
	}
	die("set what?");
}

static void
on_profile(char **word)
{
	snprintf(settings.profile, sizeof(settings.profile), "%s", word[1]);
}

static void
on_own(char **word)
{
	if (strcmp(word[1], "none") == 0) {
		settings.own_db = STAMP_OWN_DB_NONE;
		return;
	}
	if (word[2] == NULL)
		die("own");
	judge.own = (struct database){
	    .number = (uint32_t)number(word[1]), .time = number(word[2])};
}

static void
on_peer(char **word)
{
	struct stamp_peer *peer = &settings.peer[0];
	char *id, *rest = word[1];

	judge.peer = strcmp(word[1], "none") == 0 ? JUDGE_PEER_NONE : 0;
	peer->tolerant = word[2] != NULL && strcmp(word[2], "tolerant") == 0;
	peer->keys = 0;
	if (strcmp(word[1], "*") == 0) {
		peer->keys = SETTINGS_KEYS_MAX + 1;
		return;
	}
	while (
	    (id = strsep(&rest, ",")) != NULL && peer->keys < SETTINGS_KEYS_MAX)
		snprintf(
		    peer->key[peer->keys++], sizeof(peer->key[0]), "%s", id);
}

static void
on_field(char **word)
{
	if (fields == FIELDS_MAX)
		die("too many fields");
	field[fields].name = keep(word[1], &field[fields].name_len);
	field[fields].value = keep(word[2], &field[fields].value_len);
	fields++;
}

static void
on_body(char **word)
{
	size_t len = decode(word[1]);
	uint8_t *all = realloc(body.value, body.value_len + len + 1);

	if (all == NULL)
		die("no memory");
	memcpy(all + body.value_len, decoded, len);
	body.value = all;
	body.value_len += len;
}

/* --- answers -------------------------------------------------------------- */

/* A peer of all keys gets those that there are. */
static void
expand_peer(void)
{
	struct stamp_peer *peer = &settings.peer[0];
	const struct keyring *ring = keyring_get();

	if (peer->keys <= SETTINGS_KEYS_MAX)
		return;
	for (peer->keys = 0; peer->keys < ring->count; peer->keys++)
		memcpy(peer->key[peer->keys], ring->key[peer->keys].id,
		    sizeof(peer->key[0]));
}

static const struct digests *
digest_message(void)
{
	judge_begin(&judge);
	for (size_t i = 0; i < fields; i++)
		judge_field(span_of(field[i].name, field[i].name_len),
		    span_of(field[i].value, field[i].value_len));
	if (body.value_len > 0)
		judge_body(span_of(body.value, body.value_len));
	return judge_digests();
}

static void
on_check(char **word)
{
	struct judged judged[STAMPS_MAX];
	bool all = settings.peer[0].keys > SETTINGS_KEYS_MAX;
	enum digest_fault fault = DIGEST_OK;
	enum stamp_reason reason;
	uint32_t good = 0;

	(void)word;
	expand_peer();
	digest_message();
	reason = judge_message(
	    &judge, judge_stamps(&judge, judged), judged, &good, &fault);
	if (reason == STAMP_GOOD)
		printf("skip %u\n", good);
	else if (reason == STAMP_NOT_DIGESTIBLE)
		printf("rescan not-digestible:%s\n", digest_fault_name(fault));
	else
		printf("rescan %s\n", stamp_reason_name(reason));
	if (all)
		settings.peer[0].keys = SETTINGS_KEYS_MAX + 1;
}

static void
print_hex(const uint8_t *bytes, size_t len, char end)
{
	for (size_t i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	putchar(end);
}

static void
on_digest(char **word)
{
	const struct digests *d = digest_message();
	uint8_t flags = 0;
	enum digest_fault fault;

	if (strchr(word[1], 'd') != NULL)
		flags |= STAMP_NO_DATE;
	if (strcmp(word[1], "none") != 0 && strchr(word[1], 'm') != NULL)
		flags |= STAMP_NO_MESSAGE_ID;
	fault = d->fault != DIGEST_OK ? d->fault : d->header_fault[flags];
	if (fault != DIGEST_OK) {
		printf("not-digestible %s\n", digest_fault_name(fault));
		return;
	}
	printf("digest ");
	print_hex(d->header[flags], STAMP_DIGEST, ' ');
	print_hex(d->address, STAMP_DIGEST, ' ');
	print_hex(d->body, STAMP_DIGEST, '\n');
}

/* stamp ID T X I ENGINE D G P: the claims are the caller's, the digests of
 * the message, the MAC made with the key of that id. */
static void
on_stamp(char **word)
{
	const struct digests *d = digest_message();
	const struct key *key = keyring_find(word[1]);
	uint8_t record[STAMP_RECORD], mac[STAMP_MAC];
	char text[STAMP_TEXT_MAX];
	struct stamp s = {0};

	if (d->fault != DIGEST_OK) {
		printf("not-digestible %s\n", digest_fault_name(d->fault));
		return;
	}
	if (key == NULL || word[8] == NULL || decode(word[4]) != STAMP_ID)
		die("stamp");
	s.flags = d->flags;
	s.time = number(word[2]);
	s.expiry = number(word[3]);
	memcpy(s.id, decoded, STAMP_ID);
	s.database = (uint32_t)number(word[6]);
	s.database_time = number(word[7]);
	snprintf(s.key, sizeof(s.key), "%s", word[1]);
	snprintf(s.engine, sizeof(s.engine), "%s", word[5]);
	snprintf(s.profile, sizeof(s.profile), "%s", word[8]);
	memcpy(s.body, d->body, STAMP_DIGEST);
	memcpy(s.header, d->header[0], STAMP_DIGEST);
	memcpy(s.address, d->address, STAMP_DIGEST);
	stamp_encode(&s, record);
	notary_mac(key, record, mac);
	stamp_write(&s, mac, text);
	printf("stamp ");
	print_hex((const uint8_t *)text, strlen(text), '\n');
}

static void
on_clear(char **word)
{
	(void)word;
	clear();
}

static void
on_reset(char **word)
{
	(void)word;
	reset();
}

static const struct {
	const char *word;
	size_t words; /* at least */
	void (*run)(char **);
} rows[] = {
    {"key", 3, on_key},
    {"set", 3, on_set},
    {"profile", 2, on_profile},
    {"own", 2, on_own},
    {"peer", 2, on_peer},
    {"field", 3, on_field},
    {"body", 2, on_body},
    {"check", 1, on_check},
    {"digest", 2, on_digest},
    {"stamp", 9, on_stamp},
    {"clear", 1, on_clear},
    {"reset", 1, on_reset},
};

static void
run_line(char *line)
{
	char *word[WORDS_MAX + 1] = {NULL}, *rest = line;
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < WORDS_MAX && (word[n] = strsep(&rest, " ")) != NULL)
		n++;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(word[0], rows[i].word) == 0 && n >= rows[i].words) {
			rows[i].run(word);
			return;
		}
	}
	die(word[0]);
}

int
main(void)
{
	char *line = NULL;
	size_t size = 0;

	umask(077);
	if (mkdtemp(dir) == NULL || !keyring_setup())
		die("no directory or no memory for keys");
	reset();
	notary_setup(&settings);
	while (getline(&line, &size, stdin) != -1)
		run_line(line);
	free(line);
	clear();
	forget_keys();
	rmdir(dir);
	return fflush(stdout) == 0 ? 0 : 1;
}
