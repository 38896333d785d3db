# SPDX-License-Identifier: ISC
# Fuzzing; see fuzz/README.md.  Included by the Makefile.
#
#   make fuzz TARGET=conversation T=600       AFL++, T seconds
#   make fuzz-smoke T=30                      all targets, for CI
#   make fuzz-coverage                        what the corpora reach
#   make fuzz-corpus                          committed inputs, made anew
#
# A target is one file fuzz/NAME.c.  Each is built three times: with AFL++ in
# build-afl/, with libFuzzer in build-fuzz/, both with sanitizers, and, without
# a fuzzer but with a driver that replays inputs, in build/ for `make check`
# and in build-cov/ for the coverage.

FUZZ := $(patsubst fuzz/%.c,%,$(sort $(wildcard fuzz/*.c)))
FUZZ_MAINS := fuzz/kit/replay.c fuzz/kit/mutator.c fuzz/kit/recorder.c
# The kit first: its side of parser/mail/process.h, and its rules
# (parser/mail/rules.h), go before any other.
FUZZ_PARTS := $(filter-out $(FUZZ_MAINS),$(sort $(wildcard fuzz/kit/*.c))) \
	$(filter-out tests/%,$(UNIT_PARTS)) \
	$(filter-out cli/pratique.c,$(sort $(wildcard cli/*.c)))
LIB_fuzz = $(call lib,libconfuse libseccomp libcap-ng libsodium)

# -fsanitize=fuzzer: that of the compiler; empty: kit/replay.c.
FUZZ_ENGINE ?=
FUZZ_MAIN := $(if $(FUZZ_ENGINE),,$(B)/fuzz/kit/replay.o)

T ?= 30
TARGET ?= conversation

.PHONY: fuzz-programs fuzz-afl fuzz-libfuzzer fuzz fuzz-smoke fuzz-coverage \
	fuzz-seeds fuzz-corpus
fuzz-programs: $(FUZZ:%=$(B)/fuzz/%)

$(B)/fuzz.a: $(FUZZ_PARTS:%.c=$(B)/%.o)
	rm -f $@ && $(AR) rcsD $@ $^

$(FUZZ:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/fuzz/%.o $(FUZZ_MAIN) $(B)/fuzz.a
	$(CC) $(ALL_CFLAGS) $(HLINK) $(FUZZ_ENGINE) -o $@ $(filter %.o,$^) \
	    $(B)/fuzz.a $(LDFLAGS) $(LIB_fuzz)

# What compares our engine with the other one, which is always the same: built
# without sanitizers, and not for a fuzzer.
FUZZ_ORACLE := tests/oracle/oracle_compare.c tests/oracle/differences.c \
	tests/oracle/native.c tests/oracle/reference.c tests/unit/stub_process.c \
	tests/unit/stub_rules.c
$(B)/fuzz/differential: $(FUZZ_ORACLE:%.c=$(B)/%.o) | build/oracle-libmilter
ifneq ($(B),build)
build/oracle-libmilter:
	$(MAKE) B=build CC=cc SANITIZE= FUZZ_ENGINE= CFLAGS='-O2 -g' $@
endif

# libFuzzer finds the mutator in the program, AFL++ in a shared object.
$(B)/fuzz/conversation $(B)/fuzz/differential: $(B)/fuzz/kit/mutator.o
$(B)/fuzz/mutate.so: fuzz/kit/mutator.c
	@mkdir -p $(@D)
	clang -O2 -g -I. -D_GNU_SOURCE -fPIC -shared -o $@ $<

# Once, and not by both of these at the same time.
fuzz-afl fuzz-libfuzzer fuzz-coverage: build/oracle-libmilter
fuzz-afl:
	$(MAKE) B=build-afl CC=afl-clang-fast SANITIZE=address,undefined \
	    CFLAGS='-O2 -g' FUZZ_ENGINE=-fsanitize=fuzzer \
	    fuzz-programs build-afl/fuzz/mutate.so

fuzz-libfuzzer:
	$(MAKE) B=build-fuzz CC=clang SANITIZE=address,undefined \
	    CFLAGS='-O2 -g -fsanitize=fuzzer-no-link' \
	    FUZZ_ENGINE=-fsanitize=fuzzer fuzz-programs

ENGINE ?= afl
fuzz: fuzz-$(ENGINE)
	fuzz/run $(if $(filter libfuzzer,$(ENGINE)),-l) $(TARGET) $(T)

fuzz-smoke: fuzz-afl fuzz-libfuzzer
	fuzz/smoke $(T) $(FUZZ)

# --- inputs -------------------------------------------------------------------
# The tests that hold conversations, with the recorder in front.
FUZZ_RECORDED := $(shell grep -l unit/drive.h tests/unit/test_*.c)
FUZZ_RECORDERS := $(FUZZ_RECORDED:tests/unit/%.c=$(B)/recorders/%) \
	$(B)/recorders/conform-engine
$(B)/recorders/conform-engine: $(SRC_conform-engine:%.c=$(B)/%.o)
$(FUZZ_RECORDED:tests/unit/%.c=$(B)/recorders/%): \
	$(B)/recorders/%: $(B)/tests/unit/%.o
$(FUZZ_RECORDERS): $(B)/fuzz/kit/recorder.o $(B)/unit.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(HLINK) -Wl,--wrap=engine_init \
	    -Wl,--wrap=engine_input -o $@ $(filter %.o,$^) $(B)/unit.a \
	    $(LDFLAGS) $(LIB_unit)

fuzz-seeds: $(FUZZ_RECORDERS)
	fuzz/seeds build-fuzz/seeds $(B)/recorders

fuzz-corpus: fuzz-libfuzzer fuzz-seeds
	fuzz/minimise $(FUZZ)

# --- coverage -----------------------------------------------------------------
fuzz-coverage:
	$(MAKE) B=build-cov CC=clang HARDEN= HLINK= CFLAGS='-O0 -g \
	    -fprofile-instr-generate -fcoverage-mapping' fuzz-programs
	fuzz/coverage $(FUZZ)
