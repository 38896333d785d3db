# What is in which program.

LIB := lib/log.c lib/outcome.c

CONFIG := config/address.c config/assign.c config/complete.c config/dump.c \
	  config/options.c config/read.c config/reply.c config/text.c config/values.c

SANDBOX := sandbox/caps.c sandbox/ids.c sandbox/landlock.c sandbox/limits.c \
	   sandbox/namespace.c sandbox/policy_load.c sandbox/report.c \
	   sandbox/sandbox.c

# The tables and the compiler that turns them into programs: monitor only.
POLICY := sandbox/policy_compile.c sandbox/policy_listener.c \
	  sandbox/policy_monitor.c sandbox/policy_scanner.c \
	  sandbox/policy_session.c

CHANNEL := privsep/boot.c privsep/channel.c privsep/record.c

PARSER := $(wildcard parser/*.c)

SRC_pratiqued := privsep/monitor.c privsep/plan.c privsep/supervise.c \
	privsep/child.c privsep/listen.c privsep/notify.c privsep/wire.c \
	$(CHANNEL) $(CONFIG) $(SANDBOX) $(POLICY) $(LIB)
LIB_pratiqued = $(call lib,libconfuse libseccomp libcap-ng)

SRC_pratique-session := privsep/listener.c privsep/pending.c \
	privsep/session.c privsep/host.c privsep/wire.c \
	$(CHANNEL) $(PARSER) $(SANDBOX) $(LIB)
LIB_pratique-session = $(call lib,libcap-ng)

SRC_pratique-scanner := $(wildcard scanner/*.c) $(CHANNEL) $(SANDBOX) $(LIB)
LIB_pratique-scanner = $(call lib,libcap-ng libsodium)
