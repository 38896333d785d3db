# Pratique.  GNU make.
#
#   make                build the three programs below build/
#   make check          all tests (needs root for the system tests)
#   make lint           format, static analysis, size figures
#   make install        DESTDIR=, PREFIX= honoured
#   make SANITIZE=address,undefined check
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

# --- flags ------------------------------------------------------------------
probe = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null - </dev/null 2>/dev/null && echo '$(1)')
WARN  := -Wall -Wextra -Wconversion -Wswitch-enum -Wvla -Wmissing-prototypes \
	 -Wshadow -Wformat=2 $(WERROR)
ifeq ($(SANITIZE),)
HARDEN := $(call probe,-U_FORTIFY_SOURCE -O2 -D_FORTIFY_SOURCE=3) \
	  $(call probe,-fstack-protector-strong) \
	  $(call probe,-fstack-clash-protection) \
	  $(call probe,-ftrivial-auto-var-init=zero) \
	  $(call probe,-fcf-protection=full) \
	  $(call probe,-mbranch-protection=standard) -fPIE
HLINK  := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
else
HARDEN := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
HLINK  := -fsanitize=$(SANITIZE)
endif
ALL_CPPFLAGS := -I. -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
	-DLIBEXECDIR='"$(LIBEXECDIR)"' $(CPPFLAGS)
ALL_CFLAGS = -std=c17 $(WARN) $(HARDEN) $(CFLAGS)

lib = $(shell $(PKG_CONFIG) --libs $(1))
inc = $(shell $(PKG_CONFIG) --cflags $(1))

# --- what is in which program -------------------------------------------------
# The lists are the separation: tests/unit/nm.t checks what the linker made.
include sources.mk

PROGRAMS := pratiqued pratique-session pratique-scanner

.PHONY: all check lint install clean
all: $(PROGRAMS:%=$(B)/%)

define program
$(B)/$(1): $$(SRC_$(1):%.c=$(B)/%.o)
	$$(CC) $$(ALL_CFLAGS) $$(HLINK) -o $$@ $$^ $$(LDFLAGS) $$(LIB_$(1))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(B) -name '*.d' 2>/dev/null)
