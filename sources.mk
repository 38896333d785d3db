# What is in which program.

LIB := lib/anomaly.c lib/decoding.c lib/field.c lib/log.c lib/network.c \
	lib/outcome.c lib/sha256.c lib/stamp.c

CONFIG := config/address.c config/assign.c config/complete.c config/dump.c \
	  config/options.c config/read.c config/reply_template.c config/text.c \
	  config/values.c config/warn.c

# What every process has of it, and what the monitor's children have besides.
CONFINE := sandbox/caps.c sandbox/descriptors.c sandbox/limits.c \
	   sandbox/policy_load.c sandbox/confinement.c sandbox/sandbox.c
SANDBOX := $(CONFINE) sandbox/enter.c sandbox/ids.c sandbox/landlock.c \
	   sandbox/namespace.c

# The tables and the compiler that turns them into programs: pratiqued only.
POLICY := sandbox/policy_binds.c sandbox/policy_compile.c sandbox/policy_keys.c \
	  sandbox/policy_libmilter.c sandbox/policy_listener.c \
	  sandbox/policy_monitor.c sandbox/policy_resolver.c \
	  sandbox/policy_scanner.c sandbox/policy_session.c \
	  sandbox/policy_tool.c

# What holds keys and uses them: monitor and pratique(8) only.  What reads
# their files: the key reader and pratique(8).
RING := keys/keyring.c keys/vault.c
KEYS := $(RING) keys/notary.c keys/window.c
READER := keys/key_file.c keys/reader.c

# What every process reads its boot block with.
BOOT := privsep/ipc/boot.c privsep/ipc/boot_shapes.c privsep/ipc/parts.c
CHANNEL := $(BOOT) privsep/ipc/channel.c privsep/ipc/record.c

PARSER := $(sort $(wildcard parser/*/*.c))
# What it needs of lib/.
PARSER_LIB := lib/anomaly.c lib/decoding.c lib/field.c lib/network.c \
	lib/outcome.c lib/sha256.c lib/stamp.c
# What every engine has in common.
LOGIC := parser/mail/canonical.c parser/mail/disposal.c parser/mail/envelope.c \
	parser/mail/inspection.c $(sort $(wildcard parser/mime/*.c)) \
	parser/mail/phrase.c parser/mail/rules.c parser/mail/session.c \
	parser/mail/stamp_field.c parser/mail/stamp_fields.c \
	parser/milter/encoder.c parser/milter/negotiate.c

# The process that accepts connections, up to what serves them.
DOOR := privsep/front/door.c privsep/front/front.c privsep/front/front_boot.c \
	privsep/front/load.c privsep/front/own_memory.c privsep/front/pending.c

# What the operator starts, and what it becomes.
SRC_pratiqued := privsep/start/start.c privsep/start/plan.c privsep/start/plan_resolver.c \
	privsep/start/blocks.c privsep/start/filters.c \
	privsep/start/activation.c privsep/ipc/addresses.c \
	$(BOOT) privsep/ipc/channel.c privsep/ipc/child.c privsep/start/leftover.c \
	privsep/start/listen.c privsep/start/pid_file.c privsep/ipc/exec_fds.c \
	privsep/start/rehearse.c privsep/start/standard_error.c privsep/start/launch.c \
	privsep/start/status_make.c privsep/ipc/syslog.c \
	$(CONFIG) $(CONFINE) $(POLICY) $(LIB)
LIB_pratiqued = $(call lib,libconfuse libseccomp libcap-ng)

SRC_pratique-monitor := privsep/monitor/monitor.c privsep/monitor/supervise.c \
	privsep/ipc/child.c privsep/monitor/children.c privsep/monitor/directories.c \
	privsep/monitor/dispatch.c privsep/monitor/footprint.c \
	privsep/monitor/heartbeat.c privsep/monitor/key_service.c privsep/monitor/logging.c \
	privsep/monitor/notify.c privsep/monitor/publish.c \
	privsep/monitor/roles.c privsep/ipc/exec_fds.c privsep/monitor/signals.c \
	privsep/monitor/status_write.c privsep/ipc/syslog.c privsep/ipc/wire.c \
	$(KEYS) $(CHANNEL) sandbox/confinement.c sandbox/descriptors.c \
	sandbox/policy_load.c lib/log.c lib/stamp.c
LIB_pratique-monitor = $(call lib,libsodium)

SRC_pratique-keys := keys/keys.c $(READER) $(RING) $(BOOT) $(SANDBOX) \
	lib/stamp.c
LIB_pratique-keys = $(call lib,libcap-ng libsodium)

SRC_pratique-resolver := privsep/resolver/resolver.c privsep/ipc/addresses.c $(BOOT) \
	lib/log.c $(SANDBOX)
LIB_pratique-resolver = $(call lib,libcap-ng)

SRC_pratique-session := privsep/front/listener.c $(DOOR) privsep/front/session_process.c \
	privsep/front/session_table.c privsep/front/scanner_link.c privsep/front/mta.c privsep/ipc/wire.c \
	$(CHANNEL) $(SANDBOX) $(LIB) $(PARSER)
LIB_pratique-session = $(call lib,libcap-ng)

SRC_pratique-scanner := $(sort $(wildcard scanner/*.c scanner/*/*.c)) privsep/ipc/addresses.c $(CHANNEL) $(SANDBOX) $(LIB)
LIB_pratique-scanner = $(call lib,libcap-ng libsodium)

# What judges stamps, in one program.
JUDGE := cli/stamp_judge.c scanner/compare.c scanner/digest.c parser/mail/stamp_field.c \
	$(KEYS) $(READER)

# What reads MIME, and what a description of a message is made of.
MIME := $(sort $(wildcard parser/mime/*.c)) lib/anomaly.c lib/sha256.c
DESCRIBE := $(sort $(wildcard cli/description*.c)) $(MIME) lib/decoding.c

# The operator's tool.  Only its commands about messages have code of the daemon.
SRC_pratique := $(filter-out cli/stamp_judge.c,$(sort $(wildcard cli/*.c))) $(JUDGE) \
	$(CONFIG) $(MIME) sandbox/confinement.c sandbox/policy_compile.c \
	sandbox/policy_load.c sandbox/policy_tool.c $(LIB)
LIB_pratique = $(call lib,libconfuse libseccomp libsodium)

# libmilter itself must be the static library: what it calls is diverted.
SRC_pratique-libmilter := $(sort $(wildcard libmilter/*.c)) $(DOOR) \
	privsep/front/scanner_link.c privsep/ipc/wire.c $(CHANNEL) $(SANDBOX) $(LIB) $(LOGIC) \
	parser/milter/command.c parser/milter/state.c
LIB_pratique-libmilter = $(LIBMILTER) $(call lib,libcap-ng)
DIVERTED := socket bind listen accept read close syslog __syslog_chk
LIBMILTER = $(DIVERTED:%=-Wl,--wrap=%) -Wl,-Bstatic -lmilter -Wl,-Bdynamic \
	-pthread

# Small programs for the build and the documents.
SRC_config-manual := config/manual.c config/options.c config/dump.c \
	config/values.c sandbox/confinement.c lib/outcome.c lib/stamp.c
SRC_policy-table := sandbox/policy_table.c $(filter-out %compile.c,$(POLICY))

SRC_conform-engine := tests/conformance/conform_engine.c tests/unit/stub_process.c \
	$(PARSER) $(PARSER_LIB)

SRC_stamp-case := tests/stamps/stamp_case.c $(JUDGE) lib/field.c lib/stamp.c
LIB_stamp-case = $(call lib,libsodium)

SRC_mime-case := tests/mime/mime_case.c $(DESCRIBE)

SRC_shape-case := tests/mime/shape_case.c $(MIME) lib/decoding.c

SRC_fake-clamd := bench/fake-clamd.c
SRC_milter-load := $(filter-out %clamd.c %speed.c,$(sort $(wildcard bench/*.c))) config/address.c

# Both engines over the same bytes: what libmilter calls is diverted to the
# test, and its callbacks have the stub host of the unit tests behind them.
SRC_oracle := $(sort $(wildcard tests/oracle/*.c)) tests/unit/stub_process.c \
	tests/unit/decisions.c tests/unit/stub_rules.c $(PARSER_LIB) \
	$(filter-out parser/mail/rules.c,$(PARSER))
SRC_oracle-libmilter := tests/oracle/reference/oracle_libmilter.c tests/unit/stub_process.c \
	libmilter/callbacks.c libmilter/edits.c libmilter/screen.c $(PARSER_LIB) \
	tests/unit/stub_rules.c \
	$(filter-out parser/mail/rules.c,$(LOGIC)) parser/milter/command.c \
	parser/milter/state.c
LIB_oracle-libmilter = $(LIBMILTER)

# Unit tests: each tests/unit/test_NAME.c is a program, linked with what it
# uses out of everything but the main files, the rules of parser/mail/rules.h
# and the process's side of parser/mail/process.h, which test_scanner_link.c
# has in it.
UNIT := $(sort $(wildcard tests/unit/test_*.c))
UNIT_PARTS := $(filter-out $(UNIT),$(sort $(wildcard tests/unit/*.c))) \
	$(filter-out privsep/start/start.c privsep/monitor/monitor.c privsep/front/listener.c privsep/front/front.c \
	privsep/front/scanner_link.c privsep/front/mta.c parser/mail/rules.c \
	scanner/scanner.c keys/keys.c,$(sort \
	$(SRC_pratiqued) $(SRC_pratique-monitor) $(SRC_pratique-keys) \
	$(SRC_pratique-session) $(SRC_pratique-scanner) \
	libmilter/screen.c))
LIB_unit = $(call lib,cmocka libconfuse libseccomp libcap-ng libsodium)

# Test programs that are started in the place of ours: a session and a scanner
# that try to get out (tests/escape), or that break the record protocol
# (tests/ipc; there a listener does that, too).  Only the part that would read
# mail is another; with --wrap single layers can be left out, which no program
# of ours can.
WRAP := -Wl,--wrap=policy_load,--wrap=sandbox_enter,--wrap=sandbox_monitor
WRAP := $(WRAP),--wrap=sandbox_reader,--wrap=sandbox_session,--wrap=limits_set
LAYERS := tests/escape/layers.c
ATTEMPTS := tests/escape/attempt.c tests/escape/table.c tests/escape/steps.c \
	tests/escape/machine_$(shell uname -m).c

SRC_escape/pratiqued := $(SRC_pratiqued) $(LAYERS) tests/escape/leak.c \
	tests/escape/unrehearsed.c
LIB_escape/pratiqued = $(WRAP) -Wl,--wrap=close_range,--wrap=rehearse \
	$(LIB_pratiqued)
SRC_escape/pratique-monitor := $(SRC_pratique-monitor) $(LAYERS) tests/escape/leak.c
LIB_escape/pratique-monitor = $(WRAP) -Wl,--wrap=close_range $(LIB_pratique-monitor)
SRC_escape/pratique-session := tests/escape/escape_engine.c $(ATTEMPTS) $(LAYERS) \
	$(filter-out $(PARSER),$(SRC_pratique-session))
HLINK_escape/pratique-session = $(HLINK_pratique-session)
LIB_escape/pratique-session = $(WRAP) $(LIB_pratique-session)
SRC_escape/pratique-scanner := tests/escape/escape_client.c \
	tests/escape/no_client.c $(ATTEMPTS) $(LAYERS) \
	$(filter-out scanner/client%.c scanner/report.c,$(SRC_pratique-scanner))
LIB_escape/pratique-scanner = $(WRAP) $(LIB_pratique-scanner)
SRC_escape/pratique-libmilter := $(SRC_pratique-libmilter) $(LAYERS) \
	$(ATTEMPTS) tests/escape/handed.c
LIB_escape/pratique-libmilter = $(WRAP) -Wl,--wrap=handover_give \
	$(LIB_pratique-libmilter)
SRC_escape/pratique-keys := $(SRC_pratique-keys) $(LAYERS) \
	tests/escape/lingering.c
LIB_escape/pratique-keys = $(WRAP) -Wl,--wrap=reader_dir $(LIB_pratique-keys)
SRC_escape/list := tests/escape/list.c $(ATTEMPTS)
LIB_escape/list = $(call lib,libseccomp)

SRC_ipc/pratique-monitor := $(SRC_escape/pratique-monitor)
LIB_ipc/pratique-monitor = $(LIB_escape/pratique-monitor)
SRC_ipc/pratique-session := tests/ipc/ipc_engine.c $(LAYERS) \
	$(filter-out $(PARSER),$(SRC_pratique-session))
HLINK_ipc/pratique-session = $(HLINK_pratique-session)
LIB_ipc/pratique-session = $(WRAP) $(LIB_pratique-session)
SRC_ipc/pratique-scanner := tests/ipc/ipc_client.c tests/escape/no_client.c \
	$(filter-out scanner/client%.c scanner/report.c,$(SRC_pratique-scanner))
LIB_ipc/pratique-scanner = -Wl,--wrap=peer_add $(LIB_pratique-scanner)
SRC_ipc/listener/pratique-session := tests/ipc/ipc_listener.c $(LAYERS) \
	$(SRC_pratique-session)
HLINK_ipc/listener/pratique-session = $(HLINK_pratique-session)
LIB_ipc/listener/pratique-session = $(WRAP) -Wl,--wrap=channel_recv \
	-Wl,--wrap=pending_ready $(LIB_pratique-session)
SRC_ipc/records := tests/ipc/records.c privsep/ipc/record.c
