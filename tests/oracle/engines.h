/* SPDX-License-Identifier: ISC */
/*
 * The two engines over one conversation: what each sent to the MTA, what each
 * asked of its host (the log of tests/unit/stub_process.h), and how it ended.
 */
#ifndef TESTS_ORACLE_ENGINES_H
#define TESTS_ORACLE_ENGINES_H

#include "config/settings.h"
#include "lib/span.h"
#include "parser/milter/packet.h"
#include "parser/milter/state.h"
#include "tests/unit/stub_process.h"

#define TRACE_SENT_MAX ((size_t)256 * 1024)

enum ending {
	ENDED_AT_EOF, /* it read the end of the input */
	ENDED_BY_US,  /* the engine closed the connection before that */
	ENDED_BADLY,  /* crashed, or did not end at all; the oracle only */
};

struct trace {
	enum ending ending;
	size_t sent_len;
	size_t log_len;
	uint8_t sent[TRACE_SENT_MAX];
	char log[STUB_LOG_MAX];
};

/* A packet, and where the native engine stood when it came. */
struct moment {
	struct state_machine machine;
	struct packet packet;
	size_t at;	  /* where the packet begins in the input */
	uint8_t previous; /* command before it, MACRO left out; 0: none */
	bool continued;	  /* that was BODYEOB, and the verdict CONTINUE */
	size_t sent_len;  /* what the engine had done until then */
	size_t log_len;
};

/* Looks at each whole packet before the native engine gets it; true: stop
 * here, as if the input ended before it. */
typedef bool native_stop(const struct moment *, void *);

/* Runs the native engine.  *last is the packet that it stopped at, by itself
 * or because of stop; *used how much of the input was read, that packet
 * included in the first case.  Returns why it closed, as engine_why. */
const char *native_run(const struct session_settings *,
    const struct scan_result *, struct span input, native_stop *stop,
    void *argument, struct trace *, struct moment *last, size_t *used);

/* Runs libmilter, in a process of its own: its table of states is for all
 * connections, and only ever gets laxer.  program: oracle-libmilter. */
void reference_run(const char *program, const struct session_settings *,
    const struct scan_result *, struct span input, struct trace *);

#endif
