/* SPDX-License-Identifier: ISC */
/*
 * The table of options and look-ups in it; see options.h.  Names, defaults
 * and ranges are promises to users.  The order here is the order of the dump,
 * of the sample file and of pratique.conf(5).
 */
#include "config/options.h"

#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "config/values.h"

#define SECONDS(n)    ((n)*UINT64_C(1000))
#define MAIN(member)  offsetof(struct config, member)
#define STAMP(member) MAIN(scanner.stamp.member)
#define LIMIT(member) MAIN(session.limits.member)

/* Longer keys are cut before they are compared: none of ours is longer. */
#define KEY_MAX 32

static const char *const log_formats[] = {
    [LOG_FORMAT_LOGFMT] = "logfmt", [LOG_FORMAT_JSON] = "json", NULL};
static const char *const log_tos[] = {
    [LOG_TO_STDERR] = "stderr", [LOG_TO_SYSLOG] = "syslog", NULL};
static const char *const own_dbs[] = {
    [STAMP_OWN_DB_REQUIRED] = "required", [STAMP_OWN_DB_NONE] = "none", NULL};
static const char *const strips[] = {
    [STAMP_STRIP_FOREIGN] = "foreign", [STAMP_STRIP_ALL] = "all", NULL};

/* The other layers are always required. */
static const char *const layers[] = {
    "ids", "root", "network", "namespaces", "landlock", "mdwe", NULL};
static const char *const engines[] = {
    [ENGINE_NATIVE] = "native", [ENGINE_LIBMILTER] = "libmilter", NULL};

const struct option options[] = {
    {GROUP_MAIN, OPTION_ADDRESSES, "listen", "unix:/run/pratique/milter.sock",
	MAIN(listen), 1, CONFIG_LISTEN_MAX, NULL,
	"Address on which to listen for the MTA, or a list of addresses in "
	"braces. A socket left at that path by an earlier run is replaced if it"
	" and its directory belong to root or to user and nobody else can write"
	" to the directory (unless it is sticky, like /tmp); nothing else at "
	"that path is touched."},
    {GROUP_MAIN, OPTION_MODE, "socket_mode", "0660", MAIN(socket_mode), 0, 0777,
	NULL, "Permissions of the listening Unix sockets, in octal."},
    {GROUP_MAIN, OPTION_GROUP, "socket_group", "", MAIN(socket_gid), 0, 0, NULL,
	"Group of these sockets, so that the MTA can connect. Empty: the group "
	"of the process."},
    {GROUP_MAIN, OPTION_USER, "user", "pratique", MAIN(user_uid), 0, 0, NULL,
	"User that the listener and its sessions run as."},
    {GROUP_MAIN, OPTION_USER, "scanner_user", "pratique-scan",
	MAIN(scanner_uid), 0, 0, NULL,
	"User that the scanner runs as. Not the same as user."},
    {GROUP_MAIN, OPTION_GROUP, "scanner_group", "", MAIN(scanner_gid), 0, 0,
	NULL,
	"Group that the scanner runs as, for a clamd whose socket only a group "
	"can open. Empty: the primary group of scanner_user."},
    {GROUP_MAIN, OPTION_LAYERS, "require", "", MAIN(require), 0, 0, layers,
	"Layers of confinement without which pratiqued does not start, in "
	"braces. Other layers that the system does not permit are only reported"
	" in the log. network is never required of a scanner that reaches a "
	"clamd over TCP."},
    {GROUP_MAIN, OPTION_PATH, "run_dir", "/run/pratique", MAIN(run_dir), 0, 0,
	NULL, "Directory for what exists only while pratiqued runs."},
    {GROUP_MAIN, OPTION_PATH, "libexec_dir", "", MAIN(libexec_dir), 0, 0, NULL,
	"Directory of the programs that pratiqued starts. Empty: the directory "
	"chosen when Pratique was built."},
    {GROUP_MAIN, OPTION_WORD, "engine", "native", MAIN(engine), 0, 0, engines,
	"What speaks the milter protocol: Pratique itself, with a process for "
	"each connection, or Sendmail's library, in one process for all "
	"connections. See Engines in pratiqued(8)."},
    {GROUP_MAIN, OPTION_SIZE, "max_message_size", "100M",
	/* No canary is shorter; clamd scans no file of 2 GB or more. */
	MAIN(session.max_message_size), 8192, UINT64_C(2047) << 20, NULL,
	"Longest message that is scanned; for longer ones see on_too_big. "
	"Header fields, empty line and body are counted as SMTP carries them, "
	"each line with CR LF. A message is not scanned either if every clamd "
	"was found not to look into messages of that length: see MaxFileSize, "
	"MaxScanSize and StreamMaxLength in its configuration."},
    {GROUP_MAIN, OPTION_SIZE, "max_memory", "1G", MAIN(scanner.max_memory),
	/* At least one message and one canary. */
	UINT64_C(1) << 20, UINT64_C(1) << 40, NULL,
	"Memory for the messages of all sessions together. One client, known by"
	" its address, can have up to three quarters of it, and less when "
	"others need it too. A message that does not fit is not scanned, see "
	"on_busy. At least twice max_message_size. The test messages for clamd "
	"have memory of their own: for each clamd 4 MB and one thirty-second of"
	" max_message_size."},
    {GROUP_MAIN, OPTION_COUNT, "max_sessions", "2000",
	MAIN(session.max_sessions), 1, 20000, NULL,
	"Connections of the MTA served at the same time. Further ones wait; "
	"while any do, the sessions that have been idle longest, without an "
	"open message and for at least 5 seconds, are closed to make room. Not "
	"with engine libmilter."},
    {GROUP_MAIN, OPTION_COUNT, "renew_sessions", "20000",
	MAIN(session.renew_sessions), 1, UINT32_MAX, NULL,
	"After this many connections a new listener replaces the old one, which"
	" serves its own connections until they end: the sessions of one "
	"listener share an address layout. Not with engine libmilter."},
    {GROUP_MAIN, OPTION_TIME, "renew_interval", "1h",
	MAIN(session.renew_interval), SECONDS(1), SECONDS(86400), NULL,
	"After this time a new listener replaces the old one even if there were"
	" fewer connections."},
    {GROUP_MAIN, OPTION_TIME, "retire_time", "4h", MAIN(retire_time),
	SECONDS(1), SECONDS(604800), NULL,
	"How long the connections of a listener that was replaced may go on. "
	"Those that are open after that are closed."},
    {GROUP_MAIN, OPTION_TIME, "session_timeout", "1h",
	MAIN(session.session_timeout), SECONDS(10), SECONDS(86400), NULL,
	"How long the MTA may be silent between two commands. After that the "
	"connection is closed, and the log says so."},
    {GROUP_MAIN, OPTION_TIME, "scan_timeout", "110s",
	/* MTAs give up waiting at the end of a message after 300 s.  The
	 * default is below clamd's own for MaxScanTime. */
	MAIN(session.scan_timeout), SECONDS(1), SECONDS(290), NULL,
	"How long a verdict may take, counted from the end of the message, see "
	"on_timeout. A clamd without AlertExceedsMax answers OK when its "
	"MaxScanTime (120 s unless set) is over: with such a clamd, stay below "
	"that."},
    {GROUP_MAIN, OPTION_COUNT, "max_waiting", "2000", MAIN(scanner.max_waiting),
	1, 100000, NULL,
	"Messages that may wait for a clamd with a free thread. Clients take "
	"turns, and one client can have at most four fifths of the places. A "
	"message beyond that is not scanned, see on_busy."},
    {GROUP_MAIN, OPTION_TIME, "wait_timeout", "60s", MAIN(scanner.wait_timeout),
	SECONDS(1), SECONDS(290), NULL,
	"How long a message may wait for that. After that it is not scanned, "
	"see on_busy."},
    {GROUP_MAIN, OPTION_TIME, "remember_time", "15m",
	MAIN(scanner.remember_time), 0, SECONDS(86400), NULL,
	"How long a message is remembered that a clamd did not survive, that "
	"took longer than scan_timeout, or that has too many readings "
	"(on_ambiguous): when it comes again it is not scanned, and ends in the"
	" same way at once. 0: not at all."},
    {GROUP_MAIN, OPTION_TIME, "check_interval", "30s",
	MAIN(scanner.check_interval), SECONDS(5), SECONDS(60), NULL,
	"How often each clamd is asked for its version and has to find the "
	"EICAR test string in a message made for that purpose."},
    {GROUP_MAIN, OPTION_TIME, "confirm_interval", "1s",
	/* A clamd can go blind at any time, so not much more. */
	MAIN(scanner.confirm_interval), 0, SECONDS(60), NULL,
	"When a clamd calls a message clean, how long ago it may have found "
	"such a test message. If that was longer ago, or the test message was "
	"shorter than the message, it has to find one now, before clean counts."
	" 0: every clean message is confirmed by a test that begins after its "
	"scan."},
    {GROUP_MAIN, OPTION_TIME, "max_database_age", "168h",
	MAIN(scanner.max_database_age), SECONDS(3600), SECONDS(3600000), NULL,
	"Age from which a clamd's daily database is reported as old in the log."},
    {GROUP_MAIN, OPTION_WORD, "log_format", "logfmt", MAIN(scanner.log_format),
	0, 0, log_formats, "Form of the log lines."},
    {GROUP_MAIN, OPTION_WORD, "log_to", "stderr", MAIN(scanner.log_to), 0, 0,
	log_tos, "Where log lines go."},
    {GROUP_MAIN, OPTION_BOOL, "log_clean", "yes", MAIN(scanner.log_clean), 0, 0,
	NULL, "Whether clean messages get a log line too."},
    {GROUP_MAIN, OPTION_HOST, "hostname", "", MAIN(session.hostname), 0, 0,
	NULL,
	"Name of this host in the header fields. Empty: the system's host name."},
    {GROUP_CLAMD, OPTION_ADDRESS, "address", "unix:/run/clamav/clamd.ctl",
	offsetof(struct backend_settings, address), 0, 0, NULL,
	"Where this clamd listens."},
    {GROUP_CLAMD, OPTION_COUNT, "max_scans", "0",
	offsetof(struct backend_settings, max_scans), 0, SETTINGS_SCANS_MAX,
	NULL,
	"Messages that it is given at the same time, never more than its "
	"MaxThreads. 0: as many as its MaxThreads."},
    {GROUP_CLAMD, OPTION_COUNT, "weight", "1",
	offsetof(struct backend_settings, weight), 1, 100, NULL,
	"Its share of the messages: a clamd of weight 2 is given twice as many "
	"as one of weight 1."},
    {GROUP_CLAMD, OPTION_BOOL, "require_daily", "no",
	offsetof(struct backend_settings, require_daily), 0, 0, NULL,
	"Whether it is used only with a daily database whose version and age "
	"are known."},
    {GROUP_CLAMD, OPTION_BOOL, "require_alerts", "no",
	offsetof(struct backend_settings, require_alerts), 0, 0, NULL,
	"Whether it is used only if it reports what exceeds its limits: "
	"AlertExceedsMax yes in its configuration. A clamd that does not "
	"answers OK for nested content that it skipped; the log warns of it. "
	"With yes, and with MaxFileSize below MaxScanSize there, a message with"
	" archives in archives is not clean, see on_not_unpacked."},
    {GROUP_ACTION, OPTION_ACTION, "action", "",
	offsetof(struct disposition, action), 0, 0, NULL,
	"What the MTA is told to do."},
    {GROUP_ACTION, OPTION_REPLY, "reply", "",
	offsetof(struct disposition, reply), 0, 0, NULL,
	"SMTP reply for reject and tempfail: code, enhanced code, text. %v is "
	"the name of the signature, %% a percent sign. Empty: a reply that fits"
	" the action."},
    {GROUP_HEADERS, OPTION_HEADER, "scanned", "X-Virus-Scanned",
	MAIN(session.header_scanned), 0, 0, NULL,
	"Field that says which host scanned the message and with what. Fields "
	"of that name that came with the message are removed. Empty turns both "
	"off."},
    {GROUP_HEADERS, OPTION_HEADER, "status", "X-Virus-Status",
	MAIN(session.header_status), 0, 0, NULL,
	"Field that says what was found, in the same way: Clean, Infected with "
	"the name, Unscanned with the reason. If clamd found it in one part "
	"only, read as some mail programs do, the part and the reading follow: "
	"Infected (NAME) in part 2.1 (base64-restart)."},
    {GROUP_LIMITS, OPTION_COUNT, "recipients", "10000", LIMIT(recipients), 1,
	1000000, NULL, "Recipients of a message. With more it is not scanned."},
    {GROUP_LIMITS, OPTION_COUNT, "header_fields", "10000", LIMIT(header_fields),
	1, 1000000, NULL,
	"Header fields of a message. With more it is not scanned."},
    {GROUP_LIMITS, OPTION_SIZE, "header_size", "4M", LIMIT(header_size), 1024,
	UINT64_C(1) << 30, NULL,
	"Size of all its header fields. With more it is not scanned."},
    {GROUP_LIMITS, OPTION_COUNT, "own_fields", "1000", LIMIT(own_fields), 1,
	10000, NULL,
	"Header fields of a message that have the name of one of ours: scanned "
	"and status in section headers, header in section stamp. They are "
	"removed one by one, and what that costs the MTA grows with the square "
	"of their number. With more the message is not scanned, and not passed "
	"on either: where on_limits says accept or quarantine it gets a "
	"temporary failure."},
    {GROUP_LIMITS, OPTION_COUNT, "parameters", "100", LIMIT(parameters), 1,
	65535, NULL,
	"ESMTP parameters of one sender or recipient. With more the connection "
	"is closed."},
    {GROUP_LIMITS, OPTION_COUNT, "messages", "10000", LIMIT(messages), 1,
	UINT32_MAX, NULL,
	"Messages of one connection. When one more begins the connection is "
	"closed; with engine libmilter what comes then is not scanned, see "
	"on_limits."},
    {GROUP_LIMITS, OPTION_TIME, "packet_time", "1m", LIMIT(packet_time),
	SECONDS(1), SECONDS(3600), NULL,
	"How long a packet of the protocol may take from its first byte to its "
	"last. After that the connection is closed, and the log says so. Not "
	"with engine libmilter."},
    {GROUP_LIMITS, OPTION_TIME, "message_time", "30m", LIMIT(message_time),
	SECONDS(1), SECONDS(86400), NULL,
	"How long a message may take from its first command to its end. After "
	"that the connection is closed, and the log says so; with engine "
	"libmilter the message is not scanned, see on_limits. Postfix sends the"
	" first command when its client begins with the content: so this is "
	"also how long a client may take to send a message. 100 MB over a line "
	"of 1 Mbit/s take 14 minutes."},
    {GROUP_LIMITS, OPTION_COUNT, "silent", "4096", LIMIT(silent), 16, 65535,
	NULL,
	"Connections without a session: those on which nothing was sent yet, "
	"and those for which there is no place. When one more arrives the "
	"oldest silent one is closed."},
    {GROUP_LIMITS, OPTION_TIME, "silent_time", "20s", LIMIT(silent_time),
	SECONDS(1), SECONDS(3600), NULL,
	"How long a connection is kept on which nothing is sent. An MTA sends "
	"its first command at once."},
    {GROUP_STAMP, OPTION_BOOL, "add", "no", STAMP(add), 0, 0, NULL,
	"Whether clean messages get a stamp."},
    {GROUP_STAMP, OPTION_KEY, "key", "", STAMP(key), 0, 0, NULL,
	"Id that the stamping key must have. Empty: the key whose file has use "
	"stamp."},
    {GROUP_STAMP, OPTION_PATH, "key_dir", "", MAIN(key_dir), 0, 0, NULL,
	"Directory of the key files. Empty: the directory of the service's "
	"credentials if systemd has made one, or else " CONFIG_KEY_DIR "."},
    {GROUP_STAMP, OPTION_TIME, "lifetime", "1h", STAMP(lifetime), SECONDS(60),
	SECONDS(604800), NULL, "How long a stamp is good."},
    {GROUP_STAMP, OPTION_TIME, "max_age", "1h", STAMP(max_age), SECONDS(60),
	SECONDS(604800), NULL,
	"Age above which a stamp is not good here, whatever it says."},
    {GROUP_STAMP, OPTION_TIME, "skew", "5m", STAMP(skew), 0, SECONDS(3600),
	NULL, "How far the clock of a host that stamps may be ahead of ours."},
    {GROUP_STAMP, OPTION_PROFILE, "profile", "std", STAMP(profile), 0, 0, NULL,
	"Name for how strictly clamd scans here, written into stamps. Only "
	"stamps with the same name are good."},
    {GROUP_STAMP, OPTION_TIME, "db_lag", "0", STAMP(db_lag), 0, SECONDS(604800),
	NULL,
	"By how much this host's database may be newer than that of a stamp."},
    {GROUP_STAMP, OPTION_TIME, "db_age", "72h", STAMP(db_age), SECONDS(3600),
	SECONDS(2592000), NULL, "How old the database of a stamp may be."},
    {GROUP_STAMP, OPTION_WORD, "own_db", "required", STAMP(own_db), 0, 0,
	own_dbs,
	"Whether this host's database is compared with that of a stamp. With "
	"none only db_age counts."},
    {GROUP_STAMP, OPTION_WORD, "strip", "foreign", STAMP(strip), 0, 0, strips,
	"Which stamps are removed from messages that came with some. foreign: "
	"all but the one that was good; all: that one too."},
    {GROUP_STAMP, OPTION_HEADER, "header", "X-Scan-Stamp", STAMP(header), 0, 0,
	NULL,
	"Name of the field. Not one that other programs use, such as "
	"X-Spam-Status: every message would lose it."},
    {GROUP_STAMP, OPTION_IGNORE, "ignore", "", STAMP(ignore), 0, 0, NULL,
	"Names of further trace fields that relays of the site add or remove. "
	"x- and part of a name, followed by *, stands for all names that begin "
	"so."},
    {GROUP_PEER, OPTION_KEYS, "keys", "", offsetof(struct stamp_peer, key), 1,
	SETTINGS_KEYS_MAX, NULL,
	"Ids of the keys whose stamps are good if they come from this network."},
    {GROUP_PEER, OPTION_BOOL, "tolerant", "no",
	offsetof(struct stamp_peer, tolerant), 0, 0, NULL,
	"Whether the text of address fields may have changed since the stamp "
	"was made."},
};
const size_t options_count = sizeof(options) / sizeof(options[0]);
_Static_assert(sizeof(options) / sizeof(options[0]) <= OPTIONS_MAX,
    "OPTIONS_MAX is too small");

#define UNSCANNED_REJECT "550 5.7.1 Message could not be scanned"
#define UNSCANNED_TEMPFAIL \
	"451 4.7.1 Message could not be scanned, try again later"

/* complete.c sees to that. */
#define NOT_ACCEPTED                                                      \
	"Because a sender can cause this, accept is not taken over from " \
	"on_unscanned."

const struct section sections[SECTION_COUNT] = {
    [SECTION_MAIN] = {"", GROUP_MAIN, OUTCOME_COUNT, ACTION_COUNT, "", "", ""},
    [SECTION_CLAMD] = {"clamd", GROUP_CLAMD, OUTCOME_COUNT, ACTION_COUNT, "",
	"",
	"A clamd and its name in the log. May be repeated, up to 16 times, with"
	" different names. Without any there is one, named local."},
    [SECTION_ON_INFECTED] = {"on_infected", GROUP_ACTION, OUTCOME_INFECTED,
	ACTION_REJECT, "550 5.7.1 Message refused: %v found",
	"451 4.7.1 Message refused: %v found",
	"A message in which clamd found something."},
    [SECTION_ON_CLEAN] = {"on_clean", GROUP_ACTION, OUTCOME_CLEAN,
	ACTION_ACCEPT, "550 5.7.1 Message refused",
	"451 4.7.1 Message refused, try again later",
	"A message that clamd scanned whole and found clean."},
    [SECTION_ON_UNSCANNED] = {"on_unscanned", GROUP_ACTION, OUTCOME_COUNT,
	ACTION_TEMPFAIL, UNSCANNED_REJECT, UNSCANNED_TEMPFAIL,
	"A message without a verdict, for whatever reason. Each of the sections"
	" after this one is for one reason. What they leave out is taken from "
	"here, unless they say otherwise."},
    [SECTION_ON_TOO_BIG] = {"on_too_big", GROUP_ACTION, OUTCOME_TOO_BIG,
	ACTION_TEMPFAIL, "552 5.3.4 Message too big to be scanned",
	UNSCANNED_TEMPFAIL,
	"Unscanned because it is longer than max_message_size."},
    [SECTION_ON_LIMITS] = {"on_limits", GROUP_ACTION, OUTCOME_LIMITS,
	ACTION_TEMPFAIL,
	"552 5.3.4 Message exceeds a limit of the virus scanner",
	UNSCANNED_TEMPFAIL,
	"Unscanned because it passed recipients, header_fields, header_size or "
	"own_fields in section limits."},
    [SECTION_ON_LIMITS_EXCEEDED] = {"on_limits_exceeded", GROUP_ACTION,
	OUTCOME_LIMITS_EXCEEDED, ACTION_TEMPFAIL,
	"554 5.7.1 Message contains more than can be scanned",
	UNSCANNED_TEMPFAIL,
	"Unscanned because clamd reported that something in it exceeds one of "
	"clamd's own limits (Heuristics.Limits.Exceeded). " NOT_ACCEPTED},
    [SECTION_ON_NOT_UNPACKED] = {"on_not_unpacked", GROUP_ACTION,
	OUTCOME_NOT_UNPACKED, ACTION_TEMPFAIL,
	"554 5.7.1 Message contains an archive that cannot be scanned",
	UNSCANNED_TEMPFAIL,
	"Unscanned because it contains an archive that clamd does not unpack "
	"completely, without saying so. " NOT_ACCEPTED},
    [SECTION_ON_AMBIGUOUS] = {"on_ambiguous", GROUP_ACTION, OUTCOME_AMBIGUOUS,
	ACTION_TEMPFAIL,
	"554 5.7.1 Message has too many different meanings to be scanned",
	UNSCANNED_TEMPFAIL,
	"Unscanned because mail programs can read more into it than is "
	"followed here. What is not well-formed is read in each way in which "
	"some program does, and clamd is given every part that comes of it: up "
	"to 64 of them, together four times as long as the message. Beyond "
	"that, or beyond 32 levels or 1000 parts or 128 KB of one part's "
	"header, nobody knows what it contains. When it comes again within "
	"remember_time it is answered at once. " NOT_ACCEPTED},
    [SECTION_ON_CLAMD_DOWN] = {"on_clamd_down", GROUP_ACTION,
	OUTCOME_CLAMD_DOWN, ACTION_TEMPFAIL, UNSCANNED_REJECT,
	UNSCANNED_TEMPFAIL, "Unscanned because no clamd could be used."},
    [SECTION_ON_CLAMD_ERROR] = {"on_clamd_error", GROUP_ACTION,
	OUTCOME_CLAMD_ERROR, ACTION_TEMPFAIL, UNSCANNED_REJECT,
	UNSCANNED_TEMPFAIL,
	"Unscanned because clamd answered, but without a verdict."},
    [SECTION_ON_TIMEOUT] = {"on_timeout", GROUP_ACTION, OUTCOME_TIMEOUT,
	ACTION_TEMPFAIL, UNSCANNED_REJECT, UNSCANNED_TEMPFAIL,
	"Unscanned because there was no verdict within scan_timeout."},
    [SECTION_ON_BUSY] = {"on_busy", GROUP_ACTION, OUTCOME_BUSY, ACTION_TEMPFAIL,
	UNSCANNED_REJECT, UNSCANNED_TEMPFAIL,
	"Unscanned because there was too much to do: see max_memory, "
	"max_waiting and wait_timeout."},
    [SECTION_ON_INTERNAL] = {"on_internal", GROUP_ACTION, OUTCOME_INTERNAL,
	ACTION_TEMPFAIL, UNSCANNED_REJECT, UNSCANNED_TEMPFAIL,
	"Unscanned because a part of Pratique failed."},
    [SECTION_HEADERS] = {"headers", GROUP_HEADERS, OUTCOME_COUNT, ACTION_COUNT,
	"", "", "Header fields that Pratique adds."},
    [SECTION_LIMITS] = {"limits", GROUP_LIMITS, OUTCOME_COUNT, ACTION_COUNT, "",
	"", "What one connection may use, besides max_message_size."},
    [SECTION_STAMP] = {"stamp", GROUP_STAMP, OUTCOME_COUNT, ACTION_COUNT, "",
	"",
	"Stamps, which save another relay of the same site a second scan. See "
	"docs/stamps.md in the source tree."},
    [SECTION_PEER] = {"stamp_peer", GROUP_PEER, OUTCOME_COUNT, ACTION_COUNT, "",
	"",
	"A network such as 192.0.2.0/28 whose clients' stamps are looked at. "
	"May be repeated, up to 32 times. The first one that contains the "
	"client's address counts. Without any, no stamp is looked at."},
};

const struct option *
option_find(enum option_group group, const char *key)
{
	for (size_t i = 0; i < options_count; i++)
		if (options[i].group == group &&
		    strcmp(options[i].key, key) == 0)
			return &options[i];
	return NULL;
}

enum section_id
section_find(const char *name)
{
	enum section_id id = SECTION_CLAMD;

	while (id < SECTION_COUNT && strcmp(sections[id].name, name) != 0)
		id++;
	return id;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The Levenshtein distance of the first KEY_MAX bytes, row by row. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[KEY_MAX + 1];
	size_t a_len = strnlen(a, KEY_MAX), b_len = strnlen(b, KEY_MAX);

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_len];
}

const char *
option_nearest(enum section_id section, const char *key)
{
	/* A third of the letters may be wrong: with more it is another word. */
	size_t best = strnlen(key, KEY_MAX) / 3 + 1;
	const char *name = NULL;

	for (size_t i = 0; i < options_count; i++) {
		size_t d = distance(options[i].key, key);

		if (options[i].group == sections[section].group && d < best) {
			best = d;
			name = options[i].key;
		}
	}
	for (size_t i = SECTION_CLAMD;
	     section == SECTION_MAIN && i < SECTION_COUNT; i++) {
		size_t d = distance(sections[i].name, key);

		if (d < best) {
			best = d;
			name = sections[i].name;
		}
	}
	return name;
}

const char *
section_reply(const struct section *section, enum action action)
{
	if (action == ACTION_REJECT)
		return section->reject;
	return action == ACTION_TEMPFAIL ? section->tempfail : "";
}

const char *
option_limits(const struct option *o, char *buf, size_t size)
{
	char min[VALUE_TEXT_MAX], max[VALUE_TEXT_MAX];

	buf[0] = '\0';
	switch (o->type) {
	case OPTION_COUNT:
		snprintf(buf, size, "%ju to %ju", (uintmax_t)o->min,
		    (uintmax_t)o->max);
		break;
	case OPTION_SIZE:
		snprintf(buf, size, "%s to %s", value_size_text(o->min, min),
		    value_size_text(o->max, max));
		break;
	case OPTION_TIME:
		snprintf(buf, size, "%s to %s", value_time_text(o->min, min),
		    value_time_text(o->max, max));
		break;
	case OPTION_WORD:
		snprintf(buf, size, "%s or %s", o->words[0], o->words[1]);
		break;
	case OPTION_LAYERS:
		snprintf(buf, size, "%s", VALUE_LAYERS);
		break;
	case OPTION_BOOL:
		snprintf(buf, size, "yes or no");
		break;
	case OPTION_ACTION:
		snprintf(buf, size, "%s", VALUE_ACTIONS);
		break;
	case OPTION_ADDRESSES:
	case OPTION_ADDRESS:
		snprintf(buf, size, "%s", ADDRESS_FORMS);
		break;
	case OPTION_MODE:
	case OPTION_USER:
	case OPTION_GROUP:
	case OPTION_PATH:
	case OPTION_HOST:
	case OPTION_REPLY:
	case OPTION_HEADER:
		break;
	case OPTION_KEY:
	case OPTION_KEYS:
		snprintf(buf, size, "%s", VALUE_KEY_FORM);
		break;
	case OPTION_PROFILE:
		snprintf(buf, size, "%s", VALUE_PROFILE_FORM);
		break;
	case OPTION_IGNORE:
		break;
	}
	return buf;
}
