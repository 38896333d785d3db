# Pratique.  GNU make.
#
#   make                build the programs below build/
#   make unit           build and run the unit tests
#   make check          all tests (needs root for the system tests)
#   make mutants        plants faults: does a unit test notice each?
#   make lint           format, static analysis, size figures
#   make install        DESTDIR=, PREFIX= honoured; install-strip: without
#                       symbols
#   make uninstall      the same; leaves what is in /etc/pratique
#   make dist           the sources as an archive
#   make SANITIZE=address,undefined check
#   make fuzz           see fuzz/README.md
#
# CFLAGS, CPPFLAGS, LDFLAGS from outside are honoured and come last.

VERSION    := 0.1.0
PREFIX     ?= /usr/local
SBINDIR    ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec/pratique
MANDIR     ?= $(PREFIX)/share/man
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SYSCONFDIR ?= /etc
DESTDIR    ?=
B          ?= build$(if $(SANITIZE),-san)
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
INSTALL_PROGRAM ?= install

# --- flags ------------------------------------------------------------------
probe = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null - </dev/null 2>/dev/null && echo '$(1)')
WARN  := -Wall -Wextra -Wconversion -Wswitch-enum -Wvla -Wmissing-prototypes \
	 -Wshadow -Wformat=2 -Wdate-time \
	 -Werror=implicit-function-declaration $(WERROR)
# The same sources give the same bytes, in whichever folder they are.
MAPPED := $(call probe,-ffile-prefix-map=$(CURDIR)=.)
# Intel's CET is in force only in a program whose every object is marked for
# it, those of the C library included: where its start files are not, as in
# Debian, there is nothing to be had from it.
CF_PROTECTION := $(shell echo 'int main(void) { return 0; }' | $(CC) -Werror \
	-fcf-protection=full -pie -fPIE -Wl,-z,cet-report=error -x c \
	-o /dev/null - 2>/dev/null && echo -fcf-protection=full)
ifeq ($(SANITIZE),)
HARDEN := $(call probe,-U_FORTIFY_SOURCE -O2 -D_FORTIFY_SOURCE=3) \
	  $(call probe,-fstack-protector-strong) \
	  $(call probe,-fstack-clash-protection) \
	  $(call probe,-ftrivial-auto-var-init=zero) \
	  $(CF_PROTECTION) \
	  $(call probe,-mbranch-protection=standard) -fPIE \
	  -ffunction-sections -fdata-sections
# What a program does not use is not in it: the children's layers, say, not in
# the monitor.
ZLINK  := -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,-z,separate-code
HLINK  := -pie $(ZLINK)
# One process per SMTP session is forked from pratique-session: without shared
# libraries it has half as many mappings to copy.  Where there is no static
# libc, or with STATIC=no, it is linked like the others.
STATIC ?= $(if $(shell echo 'int main(void) { return 0; }' | $(CC) -static-pie \
	-x c -o /dev/null - -lcap-ng 2>/dev/null && echo yes),yes,no)
ifeq ($(STATIC),yes)
HLINK_pratique-session := -static-pie $(ZLINK) -Wl,--no-warnings
endif
else
HARDEN := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
HLINK  := -fsanitize=$(SANITIZE)
endif
ALL_CPPFLAGS := -I. -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
	-DLIBEXECDIR='"$(LIBEXECDIR)"' $(CPPFLAGS)
ALL_CFLAGS = -std=c17 $(WARN) $(HARDEN) $(MAPPED) $(CFLAGS)

lib = $(shell $(PKG_CONFIG) --libs $(1))
inc = $(shell $(PKG_CONFIG) --cflags $(1))

# --- what is in which program -------------------------------------------------
# The lists are the separation: tests/system/06-separation.t looks at what the
# linker made of them.
include sources.mk

PROGRAMS := pratiqued pratique-monitor pratique-keys pratique-resolver \
	    pratique-session \
	    pratique-scanner pratique-libmilter pratique
TOOLS    := config-manual policy-table fake-clamd milter-load \
	    conform-engine oracle oracle-libmilter stamp-case mime-case shape-case
FAKES    := escape/pratiqued escape/pratique-monitor escape/pratique-session escape/pratique-scanner \
	    escape/pratique-libmilter escape/pratique-keys escape/list \
	    ipc/pratique-monitor ipc/pratique-session \
	    ipc/pratique-scanner ipc/listener/pratique-session ipc/records

.PHONY: all check unit unit-programs mutants bench lint docs evidence install install-strip \
	uninstall \
	dist clean print-tests \
	print-privileged
all: $(PROGRAMS:%=$(B)/%)
unit-programs: $(UNIT:tests/unit/%.c=$(B)/unit/%)
bench: all $(B)/fake-clamd $(B)/milter-load $(B)/mime-speed
	bench/compare
	bench/counts
	$(B)/mime-speed

define program
$(B)/$(1): $$(SRC_$(1):%.c=$(B)/%.o)
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(or $$(HLINK_$(1)),$$(HLINK)) -o $$@ $$^ \
	    $$(LDFLAGS) $$(LIB_$(1))
endef
$(foreach p,$(PROGRAMS) $(TOOLS) $(FAKES),$(eval $(call program,$(p))))

$(B)/unit.a: $(UNIT_PARTS:%.c=$(B)/%.o)
	rm -f $@ && $(AR) rcsD $@ $^

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/unit.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(HLINK) -o $@ $^ $(LDFLAGS) $(LIB_unit)

$(B)/mime-speed: $(B)/bench/mime-speed.o $(B)/unit.a
	$(CC) $(ALL_CFLAGS) $(HLINK) -o $@ $^ $(LDFLAGS) $(LIB_unit)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What is built in and can be given anew to `make install`.
$(B)/config/complete.o $(B)/privsep/start/start.o $(B)/privsep/monitor/monitor.o: $(B)/built-in
$(B)/built-in: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(LIBEXECDIR)' | cmp -s - $@ || \
	    echo '$(VERSION) $(LIBEXECDIR)' >$@
FORCE:

include fuzz/rules.mk

.PRECIOUS: $(B)/%.o
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# --- tests and checks ---------------------------------------------------------
# Under a sanitizer only what can run under one: the confined programs cannot,
# their filters forbid what sanitizers do.
ifeq ($(SANITIZE),)
# First what runs one after the other (ALONE): it takes longest.
TESTS = $(sort $(wildcard tests/unit/*.t)) \
	$(sort $(wildcard tests/escape/*.t)) \
	$(sort $(wildcard tests/ipc/*.t)) \
	tests/conformance/rows.t \
	tests/conformance/miltertest.t \
	$(sort $(wildcard tests/oracle/*.t)) \
	fuzz/controls.t \
	$(sort $(wildcard tests/stamps/*.t)) \
	$(sort $(wildcard tests/mime/*.t)) \
	$(sort $(wildcard tests/containers/*.t)) \
	$(sort $(wildcard tests/faults/*.t)) \
	$(sort $(wildcard tests/system/*.t))
else
TESTS = tests/conformance/engine.t
endif

# Programs that tests use, beside the daemon's and the unit tests.
CHECK_NEEDS = $(B)/config-manual $(B)/policy-table \
	$(B)/conform-engine $(B)/stamp-case $(B)/mime-case $(B)/shape-case \
	$(B)/oracle $(B)/oracle-libmilter \
	$(FAKES:%=$(B)/%) $(B)/fake-clamd $(B)/milter-load \
	fuzz-programs

# Tests that need something there is only one of, /dev/log or an address: these
# run one after the other, beside the rest.
ALONE = --rules 'par=tests/ipc/listener-*.t' \
	--rules 'seq=tests/{escape,ipc}/*.t' \
	--rules 'seq=tests/system/{09,30,31,33}-*.t'

# TAP from unit tests, and the seconds of each program.
PROVE = CMOCKA_MESSAGE_OUTPUT=TAP B=$(B) prove --exec tests/timed

# Without what cannot run under a sanitizer.
UNIT_RUN = $(filter-out $(if $(SANITIZE),$(B)/unit/test_seccomp), \
	$(UNIT:tests/unit/%.c=$(B)/unit/%))

unit: unit-programs
	tests/needs build
	$(PROVE) --failures -j2 $(UNIT_RUN)

# Planted faults (tests/mutants); PRATIQUE_ONLY=queue,packet: only some.
mutants: export COMPILE = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)
mutants: export LINK = $(CC) $(ALL_CFLAGS) $(HLINK)
mutants: export LIBS = $(LDFLAGS) $(LIB_unit)
mutants: export UNIT_PARTS := $(UNIT_PARTS)
mutants: export UNIT_RUN := $(UNIT_RUN)
mutants: unit-programs
	B=$(B) tests/mutants/run

check: all unit-programs $(CHECK_NEEDS)
	tests/needs build mail test
	$(PROVE) -v --merge --failures -j2 $(ALONE) --rules 'par=**' \
	    $(UNIT_RUN) $(FUZZ:%=$(B)/fuzz/%) $(TESTS)

# The same on Debian 13, in a tree of its own (tests/trixie).  Root, debootstrap.
check-trixie:
	tests/trixie

lint: $(B)/pratique-monitor
	B=$(B) tests/lint/run

# Every script that `make check` runs; for tests/unit/suite.t.
print-tests:
	@echo $(TESTS)

# What runs with privilege, without configuration reading; for tests/lint.
print-privileged:
	@echo $(SRC_pratique-monitor)

# Documents that are made from tables.
docs: $(B)/policy-table $(B)/config-manual $(B)/pratique
	tests/lint/documents $(B)

# The proof of the confinement: everything in the documents that is measured or
# made from tables, and the suites that it rests on.  Root, half an hour.
evidence: all unit-programs $(B)/policy-table $(B)/config-manual $(FAKES:%=$(B)/%)
	tests/lint/documents $(B)
	B=$(B) tests/escape/processes.t --write
	B=$(B) tests/escape/absence.t --write
	B=$(B) tests/escape/survey.t --write
	B=$(B) tests/escape/escape.t --write
	B=$(B) prove --failures $(B)/unit/test_policy $(B)/unit/test_policy_mutants \
	    $(B)/unit/test_seccomp \
	    $(B)/unit/test_sandbox tests/unit/policy.t tests/unit/documents.t \
	    tests/system/06-separation.t tests/escape/start.t \
	    tests/escape/crash.t tests/escape/processes.t tests/ipc/*.t

# --- installation -------------------------------------------------------------
# The programs that the service users run can be executed by them, not read.
install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(LIBEXECDIR) \
	    $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8 \
	    $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/pratique
	$(INSTALL_PROGRAM) -m 755 $(B)/pratiqued $(B)/pratique $(DESTDIR)$(SBINDIR)/
	$(INSTALL_PROGRAM) -m 711 $(B)/pratique-monitor $(B)/pratique-keys \
	    $(B)/pratique-resolver \
	    $(B)/pratique-session $(B)/pratique-scanner \
	    $(B)/pratique-libmilter $(DESTDIR)$(LIBEXECDIR)/
	install -m 644 man/pratiqued.8 man/pratique.8 man/pratique-key.8 \
	    man/pratique-mime.8 man/pratique-verify.8 $(DESTDIR)$(MANDIR)/man8/
	install -m 644 man/pratique.conf.5 $(DESTDIR)$(MANDIR)/man5/
	for unit in pratiqued pratiqued-unprivileged; do \
	    sed 's|@SBINDIR@|$(SBINDIR)|' etc/$$unit.service.in \
	        >$(DESTDIR)$(UNITDIR)/$$unit.service && \
	    chmod 644 $(DESTDIR)$(UNITDIR)/$$unit.service || exit 1; done
	install -m 644 etc/pratiqued-unprivileged.socket $(DESTDIR)$(UNITDIR)/
	test -e $(DESTDIR)$(SYSCONFDIR)/pratique/pratique.conf || \
	    install -m 644 etc/pratique.conf $(DESTDIR)$(SYSCONFDIR)/pratique/

install-strip:
	$(MAKE) install INSTALL_PROGRAM='$(INSTALL_PROGRAM) -s'

# What somebody may have written is left: the configuration, the keys, drop-ins.
uninstall:
	rm -f $(addprefix $(DESTDIR)$(SBINDIR)/,pratiqued pratique) \
	    $(addprefix $(DESTDIR)$(MANDIR)/man8/,pratiqued.8 pratique.8 \
	    pratique-key.8 pratique-mime.8 pratique-verify.8) \
	    $(DESTDIR)$(MANDIR)/man5/pratique.conf.5 \
	    $(addprefix $(DESTDIR)$(UNITDIR)/,pratiqued.service \
	    pratiqued-unprivileged.service pratiqued-unprivileged.socket) \
	    $(addprefix $(DESTDIR)$(LIBEXECDIR)/,pratique-monitor \
	    pratique-keys pratique-resolver pratique-session \
	    pratique-scanner pratique-libmilter)
	-rmdir $(DESTDIR)$(LIBEXECDIR)

# --- sources to give away --------------------------------------------------------
# The same tree gives the same archive: files in order, with the date of the
# version in CHANGELOG.md.  Not without such a date, nor while the address for
# reports in SECURITY.md is the placeholder, which nobody reads.
DIST := pratique-$(VERSION)
dist:
	tests/lint/dist $(DIST) $(VERSION)

clean:
	rm -rf build build-san build-afl build-fuzz build-cov
