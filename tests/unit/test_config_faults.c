/* SPDX-License-Identifier: ISC */
/*
 * config_read with files that it must refuse: the exact message for each
 * fault.
 */
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/config_file.h"

static const struct {
	const char *text, *expected;
} faults[] = {
    {USERS "max_sessions = 0",
	"t.conf:3: max_sessions: \"0\" is out of range; give a number from 1 to "
	"20000\n"},
    {USERS "max_sessions = many\nscan_timeout = 5d\nlog_clean = maybe\n"
	   "max_message_size = 25MB\nlog_to = file\nsocket_mode = 0999\n",
	"t.conf:3: max_sessions: \"many\" is not a whole number; give one from "
	"1 to 20000\n"
	"t.conf:4: scan_timeout: \"5d\" is not a time; give a number with s, m "
	"or h behind it, such as 90s\n"
	"t.conf:5: log_clean: \"maybe\" is neither yes nor no; write one of "
	"them\n"
	"t.conf:6: max_message_size: \"25MB\" is not a size; give a number with "
	"K, M or G behind it, such as 25M\n"
	"t.conf:7: log_to: \"file\" is not known here; write stderr or syslog\n"
	"t.conf:8: socket_mode: \"0999\" is not a file mode; give octal digits "
	"up to 0777, such as 0660\n"},
    {USERS "scan_timeout = 300",
	"t.conf:3: scan_timeout: \"300\" is out of range; give a time from 1s "
	"to 290s\n"},
    {USERS "max_message_size = 100",
	"t.conf:3: max_message_size: \"100\" is out of range; give a size from "
	"8K to 2047M\n"},
    {USERS "\n# comment\nmax_mesage_size = 3",
	"t.conf:5: max_mesage_size: there is no such option; did you mean "
	"max_message_size?\n"},
    {USERS "on_infcted { }",
	"t.conf:3: on_infcted: there is no such option; did you mean "
	"on_infected?\n"},
    {USERS "colour = red",
	"t.conf:3: colour: there is no such option; pratique.conf(5) lists "
	"them\n"},
    {USERS "col\033our = red",
	"t.conf:3: col?our: there is no such option; pratique.conf(5) lists "
	"them\n"},
    {USERS "max_sessions = 3\n'' = 4\n",
	"t.conf:4: an empty name stands here; remove the quotes\n"},
    {USERS "\"col\033our=red\" = 3\n",
	"t.conf:3: \"col?our\" is not the name of an option; check quotes and "
	"the line before\n"},
    {USERS "\"\"\n",
	"t.conf:3: an empty name stands here; remove the quotes\n"},
    {USERS "max_scans = 3",
	"t.conf:3: max_scans: is an option of clamd; set it in: clamd \"NAME\" "
	"{ ... }\n"},
    {USERS "headers {\n  log_to = stderr\n}",
	"t.conf:4: headers.log_to: is not an option of this section; set it "
	"outside of it\n"},
    {USERS "headers|status = X-A",
	"t.conf:3: status: \"X-A\" is set through a path; use the section\n"},
    {USERS "max_sessions = 3\n\nmax_sessions = 4\n",
	"t.conf:5: max_sessions: \"4\" is a second setting; remove one, the "
	"first is in line 3\n"},
    {"user = nosuchuser\nscanner_user = daemon\n",
	"t.conf:1: user: \"nosuchuser\" is not a user of this system; create it "
	"with: useradd --system --user-group --no-create-home --shell "
	"/usr/sbin/nologin nosuchuser\n"},
    {"user = root\nscanner_user = daemon\n",
	"t.conf:1: user: \"root\" is the superuser; name one without any "
	"privilege\n"},
    {"user = daemon\nscanner_user = daemon\n",
	"t.conf:2: scanner_user: is the same as user; name another one: the ids "
	"keep the two apart\n"},
    {USERS "socket_group = nosuchgroup",
	"t.conf:3: socket_group: \"nosuchgroup\" is not a group of this system; "
	"create it with: groupadd --system nosuchgroup\n"},
    {USERS "require = { landlock, seccomp }",
	"t.conf:3: require: \"seccomp\" is not a layer that can be required; "
	"give ids, root, network, namespaces, landlock or mdwe\n"},
    {USERS "run_dir = run/x",
	"t.conf:3: run_dir: \"run/x\" is not an absolute path; begin it with "
	"/\n"},
    {USERS "run_dir = \"\"",
	"t.conf:3: run_dir: \"\" is not an absolute path; begin it with /\n"},
    {USERS "hostname = \"a b\"",
	"t.conf:3: hostname: \"a b\" is not a host name; give at most 255 "
	"printable characters without spaces\n"},
    {USERS "listen = { unix:/a,\n  /run/b.sock }",
	"t.conf:4: listen: \"/run/b.sock\" is not an address; write unix:/path, "
	"inet:port@host or inet6:port@host\n"},
    {USERS "listen = { unix:/a, local:/a }",
	"t.conf:3: listen: \"local:/a\" is listened on already; remove one of "
	"the two\n"},
    {USERS "listen = unix:/a\nlisten = unix:/b\n",
	"t.conf:4: listen: \"unix:/b\" is a second setting; remove one, the "
	"first is in line 3\n"},
    {USERS "listen = { }",
	"t.conf: listen: is an empty list; give at least one address\n"},
    /* Braces that a comment holds are none. */
    {USERS "# {\n// {\n/* { */\nmax_sessions = 0 # }\n",
	"t.conf:6: max_sessions: \"0\" is out of range; give a number from 1 to "
	"20000\n"},
    {USERS "stamp {\nignore = { \"X-Loop\", \"Subject\" }\n}\n",
	"t.conf:4: stamp.ignore: \"Subject\" must not be left out: programs "
	"act on it; name a trace field, or a prefix that begins with x- and "
	"ends in *\n"},
    {USERS "stamp { ignore = { \"x-*\" } }\n",
	"t.conf:3: stamp.ignore: \"x-*\" must not be left out: programs "
	"act on it; name a trace field, or a prefix that begins with x- and "
	"ends in *\n"},
    {USERS "clamd \"a\" { }\nclamd \"a\" { address = unix:/b }\n",
	"t.conf:4: \"a\" is the name of a section above; give each a name of "
	"its own\n"},
    {USERS "clamd \"a\" { }\nclamd \"b\" { }\n",
	"t.conf:4: clamd: \"b\" has the address of another clamd; remove one of "
	"the two\n"},
    {USERS "clamd \"a b\" { }\n",
	"t.conf:3: clamd: \"a b\" is not a name for a clamd; give 1 to 31 "
	"letters, digits, dots, - or _\n"},
    {USERS "clamd { }\n",
	"t.conf:3: clamd: has no name; write the name in quotes before the "
	"brace\n"},
    {USERS "clamd \"a\" {\n  weight = 0\n  address = inet:0@localhost\n}\n",
	"t.conf:4: clamd.weight: \"0\" is out of range; give a number from 1 "
	"to 100\n"
	"t.conf:5: clamd.address: \"inet:0@localhost\" has no valid port; give "
	"a number from 1 to 65535 before the @\n"},
    {USERS "on_infected = reject\n",
	"t.conf:3: on_infected: is a section; write its options in braces "
	"behind the name\n"},
    {USERS "on_infected { action = bounce }\n",
	"t.conf:3: on_infected.action: \"bounce\" is not an action; write accept, "
	"reject, tempfail, discard or quarantine\n"},
    {USERS "on_infected {\n  reply = \"450 4.7.1 later\"\n}\n",
	"t.conf:4: on_infected.reply: \"450 4.7.1 later\" does not fit the "
	"action reject; give a 5xx code with 5.x.x\n"},
    {USERS "on_unscanned { reply = \"550 5.7.1 no\" }\n",
	"t.conf:3: on_unscanned.reply: \"550 5.7.1 no\" does not fit the action "
	"tempfail; give a 4xx code with 4.x.x\n"},
    {USERS "on_timeout { reply = \"550 5.7.1 no\" }\n",
	"t.conf:3: on_timeout.reply: \"550 5.7.1 no\" does not fit the action "
	"tempfail; give a 4xx code with 4.x.x\n"},
    {USERS "on_infected { reply = \"550 No\" }\n",
	"t.conf:3: on_infected.reply: \"550 No\" has no enhanced code of the "
	"same class behind the code; write for example: 550 5.7.1 Message "
	"refused\n"},
    {USERS "headers { scanned = Subject }\n",
	"t.conf:3: headers.scanned: \"Subject\" is not a field name for us; "
	"give X- and at most 61 more printable characters without space and "
	"colon\n"},
    {USERS "headers { scanned = X-A status = X-a }\n",
	"t.conf:3: headers.status: is the same as scanned; name another one, or "
	"\"\"\n"},
    {USERS "stamp {\nheader = \"X-Spam-Status\"\n}\n",
	"t.conf:4: stamp.header: is the name of a field of other programs, "
	"which every message would lose; choose one that is yours, such as "
	"X-Scan-Stamp or X-Example-Stamp\n"},
    {USERS "stamp { header = Received }\n",
	"t.conf:3: stamp.header: \"Received\" is not a field name for us; "
	"give X- and at most 61 more printable characters without space and "
	"colon\n"},
    {USERS "stamp { header = X-VIRUS-status }\n",
	"t.conf:3: stamp.header: is the name of another field of ours; name "
	"another one\n"},
    {USERS "headers { scanned = X-A }\nstamp { header = X-Virus-Scanned }\n",
	"t.conf:4: stamp.header: is the name of a field of other programs, "
	"which every message would lose; choose one that is yours, such as "
	"X-Scan-Stamp or X-Example-Stamp\n"},
    {USERS "max_sessions 5\n",
	"t.conf:3: max_sessions: has no value; write = and the value behind "
	"it\n"},
    {USERS "max_sessions += 5\n",
	"t.conf:3: max_sessions: is not a list; write = instead of +=\n"},
    {USERS "max_sessions = { 5 }\n",
	"t.conf:3: \"{\" is not expected here; check quotes, braces and the "
	"line before\n"},
    {USERS "}\n",
	"t.conf:3: a } without a section or list to close; remove it\n"},
    {USERS "headers {\n}\non_clean {\n",
	"t.conf:5: a section or list begins here and does not end; add the "
	"missing }\n"},
    {USERS "max_sessions =\n",
	"t.conf:4: the file ends where a value is missing; add it\n"},
    {USERS "max_sessions = 0\nbad = 1\nscan_timeout = 0\n",
	"t.conf:3: max_sessions: \"0\" is out of range; give a number from 1 to "
	"20000\n"
	"t.conf:4: bad: there is no such option; pratique.conf(5) lists them\n"},
    {USERS "hostname = \"abc\n",
	"t.conf:3: a text begins here and does not end; add the missing "
	"quote\n"},
    {USERS "hostname = \"abc\nlog_to = \"stderr\"\nbad = 1\n",
	"t.conf:3: a text begins here and does not end; add the missing "
	"quote\n"},
    {USERS "hostname = 'abc\nlog_to = 'stderr'\n",
	"t.conf:3: a text begins here and does not end; add the missing "
	"quote\n"},
    {USERS "/* no\n\nend",
	"t.conf:3: a comment begins here and does not end; add */\n"},
    {"# one\n## two 'and\n\n// three \"\n" USERS "scan_timeout = 0 # x\n",
	"t.conf:7: scan_timeout: \"0\" is out of range; give a time from 1s to "
	"290s\n"},
    {"/* a comment\n   of two lines */ # and one behind it\n" USERS
     "max_sessions = 0",
	"t.conf:5: max_sessions: \"0\" is out of range; give a number from 1 to "
	"20000\n"},
};

static void
exact_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (read_text(faults[i].text))
			fail_msg("accepted: %s", faults[i].text);
		assert_string_equal(messages, faults[i].expected);
		/* *out is untouched. */
		assert_int_equal(config.listens, 0);
	}
}

/* What is allowed and unwise: read, with a word about it. */
static void
warnings(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	    {USERS "listen = {\"inet:8894@127.0.0.1\", \"unix:/a\"}\n"
		   "socket_mode = 0660\nrun_dir = /\n"
		   "on_unscanned { action = quarantine }\n"
		   "on_clean { action = accept }\n",
		""},
	    {USERS
		"listen = {\"inet:8894@127.0.0.1\",\n\"inet:8894@0.0.0.0\"}\n",
		"t.conf:4: warning: listen: \"inet:8894@0.0.0.0\" can be reached "
		"from every network of this host, and the milter protocol knows "
		"no password; write the address that the MTA uses, such as "
		"inet:8894@127.0.0.1\n"},
	    {USERS "listen = \"inet6:1@::\"\nsocket_mode = 0666\n",
		"t.conf:3: warning: listen: \"inet6:1@::\" can be reached "
		"from every network of this host, and the milter protocol knows "
		"no password; write the address that the MTA uses, such as "
		"inet:8894@127.0.0.1\n"},
	    {USERS "\nsocket_mode = 0666\n",
		"t.conf:4: warning: socket_mode: lets every user of this host "
		"speak to the milter; write 0660 and the MTA's group in "
		"socket_group\n"},
	    {USERS "run_dir = /tmp\n",
		"t.conf:3: warning: run_dir: is a directory that every user of "
		"this host can write to; fix it with: chmod 0755 DIRECTORY\n"},
	    {USERS "on_unscanned {\n action = accept }\n",
		"t.conf:4: warning: on_unscanned.action: accepts mail that "
		"nobody has scanned; write tempfail, or quarantine, unless "
		"something else scans it later\n"},
	    {USERS "on_too_big { action = accept }\n",
		"t.conf:3: warning: on_too_big.action: accepts mail that "
		"nobody has scanned; write tempfail, or quarantine, unless "
		"something else scans it later\n"},
	    {USERS "headers { scanned = X-Virus-Scanned\nstatus = X-spam-virus"
		   " }\n",
		"t.conf:4: warning: headers.status: is the name of a field of "
		"other programs, which every message loses; choose one that is "
		"yours, such as X-Example-Virus\n"},
	    {USERS "headers { scanned = X-Mailer\nstatus = X-Own-Status }\n",
		"t.conf:3: warning: headers.scanned: is the name of a field of "
		"other programs, which every message loses; choose one that is "
		"yours, such as X-Example-Virus\n"},
	    {USERS "on_infected {\n action = discard\n"
		   " reply = \"550 5.7.1 No\" }\n",
		"t.conf:5: warning: on_infected.reply: \"550 5.7.1 No\" is "
		"never sent, since the action here is discard; take it out, or "
		"write action = reject or tempfail\n"},
	    {USERS "on_clean { reply = \"550 5.7.1 No\" }\n",
		"t.conf:3: warning: on_clean.reply: \"550 5.7.1 No\" is "
		"never sent, since the action here is accept; take it out, or "
		"write action = reject or tempfail\n"},
	    {USERS "on_unscanned { action = quarantine\n"
		   " reply = \"451 4.7.1 No\" }\n",
		"t.conf:4: warning: on_unscanned.reply: \"451 4.7.1 No\" is "
		"never sent, since the action here is quarantine; take it out, "
		"or write action = reject or tempfail\n"},
	    /* Replies that are sent; the usual names of fields. */
	    {USERS "on_infected { action = reject\n"
		   " reply = \"550 5.7.1 No\" }\n"
		   "on_busy { action = tempfail\n"
		   " reply = \"451 4.7.1 No\" }\n",
		""},
	    {USERS "headers { status = X-Virus-Status }\n", ""},
	    /* Capitals are no matter. */
	    {USERS "headers { status = X-ANTIABUSE }\n",
		"t.conf:3: warning: headers.status: is the name of a field of "
		"other programs, which every message loses; choose one that is "
		"yours, such as X-Example-Virus\n"},
	    {USERS "clamd \"a\" { address = \"inet:3310@name.invalid\" }\n",
		"t.conf: warning: clamd: \"inet:3310@name.invalid\" has a host "
		"whose address is not known now; mend the name service, or "
		"write the address\n"},
	    /* on_busy says it */
	    {USERS "on_unscanned { action = quarantine\n"
		   " reply = \"451 4.7.1 No\" }\n"
		   "on_busy { action = tempfail }\n",
		""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!read_text(rows[i].text))
			fail_msg("refused: %s%s", rows[i].text, messages);
		assert_string_equal(messages, rows[i].expected);
	}
}

/* The first of owner, group and others that it is decides. */
static void
who_may_write(const char *text)
{
	const struct passwd *user = getpwnam("daemon");
	static const struct {
		bool owner, group;
		mode_t mode;
		bool may;
	} rows[] = {
	    {true, true, 0600, true},
	    {true, true, 0466, false},
	    {false, true, 0660, true},
	    {false, true, 0646, false},
	    {false, false, 0662, true},
	    {false, false, 0660, false},
	};

	assert_non_null(user);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("row %zu\n", i);
		assert_int_equal(
		    chown("socket", rows[i].owner ? user->pw_uid : 4242,
			rows[i].group ? user->pw_gid : 4242),
		    0);
		assert_int_equal(chmod("socket", rows[i].mode), 0);
		assert_true(read_text(text));
		assert_int_equal(*messages == '\0', rows[i].may);
	}
}

/* A clamd's socket that is there and that the scanner cannot write to. */
static void
closed_socket(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char text[512], expected[512], dir[256];
	const struct group *group = getgrnam("mail");

	(void)state;
	assert_non_null(group);
	assert_non_null(getcwd(dir, sizeof(dir)));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	snprintf(text, sizeof(text),
	    USERS "clamd \"a\" { address = \"unix:%s/socket\" }\n", dir);
	if (geteuid() == 0)
		assert_int_equal(chown("socket", 0, group->gr_gid), 0);
	assert_int_equal(chmod("socket", geteuid() == 0 ? 0660 : 0), 0);
	assert_true(read_text(text));
	snprintf(expected, sizeof(expected),
	    "t.conf: warning: clamd: \"unix:%s/socket\" is %s\n", dir,
	    geteuid() == 0
		? "open to group mail only; write scanner_group = \"mail\""
		: "not open to the user of the scanner; see LocalSocketGroup "
		  "and LocalSocketMode in clamd.conf(5)");
	assert_string_equal(messages, expected);

	assert_int_equal(chmod("socket", 0666), 0);
	assert_true(read_text(text));
	assert_string_equal(messages, "");
	if (geteuid() == 0)
		who_may_write(text);
	close(fd);
	unlink("socket");
}

static void
too_many(void **state)
{
	char text[4096] = USERS "listen = {";

	(void)state;
	for (int i = 0; i < 17; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%sunix:/%d", i > 0 ? "," : "", i);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "}\n");
	for (int i = 0; i < 17; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "clamd c%d { address = unix:/%d }\n", i, i);
	assert_false(read_text(text));
	assert_string_equal(messages,
	    "t.conf:3: listen: \"unix:/16\" is one too many; at most 16 "
	    "addresses can be listened on\n"
	    "t.conf:20: clamd: \"c16\" is one too many; the most is 16\n");
}

/* What is wrong with the file itself. */
static void
files(void **state)
{
	static const struct {
		const char *path, *expected;
	} rows[] = {
	    {"none.conf",
		"none.conf: cannot be opened (No such file or directory); "
		"check the path given with -c\n"},
	    {"group.conf",
		"group.conf: can be written by group or others; fix it with: "
		"chmod go-w FILE\n"},
	    {"others.conf",
		"others.conf: can be written by group or others; fix it with: "
		"chmod go-w FILE\n"},
	    {"fifo", "fifo: is not a regular file; give the path of one\n"},
	    {".", ".: is not a regular file; give the path of one\n"},
	};

	(void)state;
	assert_true(read_text(USERS));
	assert_int_equal(link("t.conf", "group.conf"), 0);
	assert_int_equal(link("t.conf", "others.conf"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		FILE *err = fmemopen(messages, sizeof(messages), "w");

		chmod("t.conf", rows[i].path[0] == 'g' ? 0664 : 0646);
		assert_false(config_read(rows[i].path, &config, err));
		fclose(err);
		assert_string_equal(messages, rows[i].expected);
	}
}

/* What is in the file, or who owns it. */
static void
contents(void **state)
{
	static const char nul[] = USERS "\0max_sessions = 1\n";
	FILE *fp, *err;

	(void)state;
	fp = fopen("t.conf", "w");
	fwrite(nul, 1, sizeof(nul) - 1, fp);
	fclose(fp);
	chmod("t.conf", 0644);
	err = fmemopen(messages, sizeof(messages), "w");
	assert_false(config_read("t.conf", &config, err));
	fclose(err);
	assert_string_equal(
	    messages, "t.conf: is not a text file; it has a NUL byte in it\n");

	/* What an editor may put in front. */
	assert_false(read_text("\xef\xbb\xbf" USERS));
	assert_string_equal(messages,
	    "t.conf:1: begins with a byte order mark (EF BB BF); save it "
	    "without one, as plain UTF-8\n");
	assert_false(read_text("\xff\xfe" USERS));
	assert_non_null(strstr(messages, "save it as plain UTF-8"));

	assert_int_equal(truncate("t.conf", 1 << 20), 0);
	err = fmemopen(messages, sizeof(messages), "w");
	assert_false(config_read("t.conf", &config, err));
	fclose(err);
	assert_string_equal(messages,
	    "t.conf: is too big; a configuration must be smaller than 1 MiB\n");

	assert_int_equal(geteuid(), 0); /* it needs root */
	assert_int_equal(chown("t.conf", 1, (gid_t)-1), 0);
	err = fmemopen(messages, sizeof(messages), "w");
	assert_false(config_read("t.conf", &config, err));
	fclose(err);
	unlink("t.conf");
	assert_string_equal(messages,
	    "t.conf: belongs to another user; fix it with: chown root FILE\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exact_messages),
	    cmocka_unit_test(warnings),
	    cmocka_unit_test(closed_socket),
	    cmocka_unit_test(too_many),
	    cmocka_unit_test(files),
	    cmocka_unit_test(contents),
	};

	return run_below_tmp(tests, sizeof(tests) / sizeof(tests[0]));
}
