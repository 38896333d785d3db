/* SPDX-License-Identifier: ISC */
/*
 * The records that our processes send each other, and the one table that says
 * which exist: type, sender, receiver, size, descriptor.
 *
 * Channels are SOCK_SEQPACKET pairs.  A record is a fixed struct that begins
 * with a record_head; FIELD, BODY, PART_BYTES and CONTENT carry bytes behind
 * it.  Datagrams from a session to the scanner are batches: whole records one
 * after the other, at most RECORD_BATCH_MAX bytes, so that a small message
 * costs one system call.  All other datagrams hold exactly one record.  Anything that
 * record_check does not accept, or that comes in a state in which the receiver
 * does not expect it, is a violation: a session is dropped, a listener or
 * scanner is ended.
 *
 * All numbers are in host byte order: the channels never leave the host.
 */
#ifndef PRIVSEP_IPC_RECORD_H
#define PRIVSEP_IPC_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/claims.h"
#include "lib/decoding.h"
#include "lib/network.h"
#include "lib/span.h"
#include "lib/stamp.h"

enum role {
	ROLE_MONITOR,
	ROLE_LISTENER,
	ROLE_SESSION,
	ROLE_SCANNER,
	ROLE_COUNT
};

/* Room for more. */
#define ROLES_MAX      8
#define ROLE_BIT(role) (1U << (role))

_Static_assert(ROLE_COUNT < ROLES_MAX, "one is left for tests");

enum record_type {
	RECORD_READY = 1, /* child -> monitor: confined, at work */
	RECORD_ENDED,	  /* listener -> monitor: a session died abnormally */
	RECORD_RENEW,	  /* listener -> monitor: old enough to be replaced */
	RECORD_LOAD,	  /* listener -> monitor, scanner: how many there are */
	RECORD_PEER,	  /* monitor -> child, with a channel to another one */
	RECORD_RETIRE,	  /* monitor -> listener: accept no more */
	RECORD_STOP,	  /* monitor -> child: finish what is open, then exit */
	RECORD_LOG_LOST,  /* scanner -> monitor: the log does not take lines */
	RECORD_LOG,	  /* monitor -> scanner, with a new log descriptor */
	RECORD_BACKEND,	  /* scanner -> monitor: a clamd's state changed */
	RECORD_CHANNEL,	  /* listener -> scanner, with a session's channel */
	RECORD_BEGIN,	  /* session -> scanner: a message begins */
	RECORD_FIELD,	  /* session -> scanner: one header field */
	RECORD_CANDIDATE, /* session -> scanner: a stamp that was on it */
	RECORD_BODY,	  /* session -> scanner: a piece of body */
	RECORD_END,	  /* session -> scanner: message whole, judge it */
	RECORD_PART, /* session -> scanner: an object of a reading begins */
	RECORD_PART_BYTES, /* session -> scanner: a piece of it */
	RECORD_PART_END,   /* session -> scanner: it is whole, or nothing new */
	RECORD_READ,	   /* session -> scanner: there are no more of them */
	RECORD_ABORT,	   /* session -> scanner: drop it, no result wanted */
	RECORD_REPORT,	   /* session -> scanner: what was done, for the log */
	RECORD_CLOSING,	   /* session -> scanner: it ends the connection, why */
	RECORD_REPLAY,	   /* session -> scanner: give me a piece of it again */
	RECORD_RESULT,	   /* scanner -> session: the outcome */
	RECORD_CONTENT,	   /* scanner -> session: that piece */
	RECORD_DRAIN, /* scanner -> session: close when no message is open */
	RECORD_YIELD, /* scanner -> session: close if you have long been idle */
	RECORD_STAMP, /* scanner -> monitor: make a stamp */
	RECORD_CHECK, /* scanner -> monitor: is this one right? */
	RECORD_STAMPED, /* monitor -> scanner: here it is, or there is none */
	RECORD_CHECKED, /* monitor -> scanner: yes, or why not */
	RECORD_CUT,	/* scanner -> monitor: a listener's channel is closed */
	RECORD_GONE,	/* monitor -> scanner: that listener has ended */
	RECORD_RETIRED, /* monitor -> scanner: that one accepts no more */
	RECORD_PING,	/* monitor -> child: are you there? */
	RECORD_PONG,	/* child -> monitor: yes */
	RECORD_TYPES
};

#define RECORD_BATCH_MAX  73728 /* one 64 KiB piece and the small ones before */
#define REPLAY_PIECE_MAX  65536 /* what a REPLAY may ask for */
#define RECORD_NAME_MAX	  256	/* signature and backend names, cut */
#define RECORD_CLIENT	  NETWORK_CLIENT
#define RECORD_REASON_MAX 128 /* why a backend is not used */

struct record_head {
	uint32_t type;	 /* enum record_type */
	uint32_t length; /* of the whole record, this head included */
};

struct record_ready {
	struct record_head head;
	uint32_t layers;   /* sandbox/sandbox.h: the layers in force */
	char missing[512]; /* which are not, and why; NUL-terminated */
};

struct record_ended {
	struct record_head head;
	int32_t pid;
	int32_t signal; /* that killed it, 0 if it exited */
	int32_t status; /* its exit status */
	uint32_t lived; /* milliseconds */
};

/* Why connections wait for a session, if some do. */
enum load_why {
	LOAD_NONE,
	LOAD_MAX_SESSIONS,
	LOAD_SCANNER, /* there is none, or it does not take another session */
	LOAD_DESCRIPTORS,
	LOAD_FORK,
	LOAD_WHYS
};

/* To the monitor for pratique(8); to the scanner for the log, and when idle
 * sessions are to make room. */
struct record_load {
	struct record_head head;
	uint32_t sessions;
	uint32_t waiting; /* connections that have said something */
	uint32_t why;	  /* enum load_why; to be logged unless NONE */
	uint32_t need;	  /* sessions of this listener that are to YIELD */
	/* Connections closed before they had a session, since the last time
	 * that this was said: nothing came; they were too many; no descriptor.
	 * To be logged unless all are 0. */
	uint32_t silent, evicted, refused;
};

/* How long a session must have heard nothing to give way. */
#define YIELD_IDLE_MS 5000

struct record_plain { /* all types that carry nothing but themselves */
	struct record_head head;
};

struct record_peer {
	struct record_head head;
	uint32_t link; /* number of this channel, from 1, never used again */
	uint32_t role; /* enum role: who is at its other end */
};

struct record_gone { /* and RETIRED */
	struct record_head head;
	uint32_t link; /* PEER's */
};

struct record_cut {
	struct record_head head;
	uint32_t link;	 /* PEER's */
	uint32_t record; /* type of the record that was wrong, RECORD_TYPES if
			    it has none; 0: the listener closed the channel */
};

struct record_backend {
	struct record_head head;
	uint32_t index;	     /* in scanner_settings.backend */
	uint32_t up;	     /* 1 or 0 */
	uint32_t gone;	     /* 1: the socket's path is not there */
	uint32_t state;	     /* enum backend_state of scanner/clamd/backend.h */
	uint32_t threads;    /* scans at once; 0: not known */
	uint32_t daily;	     /* number of its daily database; 0: not known */
	uint32_t alerts_off; /* 1: its limits pass silently */
	uint64_t limit;	     /* longest message it is given; 0: any */
	uint64_t proved;     /* longest test message it was seen to look into */
	int64_t built; /* date of that database, as of 1970; 0: not known */
	char reason[RECORD_REASON_MAX]; /* of a state that is not up */
};

struct record_begin {
	struct record_head head;
	uint32_t message; /* number within the session, from 1 */
	uint32_t stamps;  /* 1: candidates may come */
	char queue_id[64];
	uint8_t client[RECORD_CLIENT]; /* see lib/network.h */
};

struct record_field { /* name bytes, then value bytes, behind it */
	struct record_head head;
	uint32_t name_len;
	uint32_t value_len;
};

struct record_candidate {
	struct record_head head;
	uint32_t number; /* of the field among those of its name, from 1 */
	uint32_t peer;	 /* index in stamp_session.peer */
	uint8_t stamp[STAMP_RECORD];
	uint8_t mac[STAMP_MAC];
};

struct record_body { /* bytes behind it */
	struct record_head head;
};

struct record_end {
	struct record_head head;
	uint32_t message;
	uint32_t so_far;   /* enum outcome: CLEAN to have it judged, or one
			    that is unjudged (lib/outcome.h) */
	uint32_t readings; /* 1: objects of readings follow, and then READ */
	uint32_t unused;
	uint64_t size; /* of the message as the MTA sent it */
};

/* Between END and READ, which END has announced. */
struct record_part {
	struct record_head head;
	struct reading_object object;
};

struct record_part_bytes { /* bytes behind it */
	struct record_head head;
};

/* Nothing may follow it in the same datagram. */
struct record_part_end {
	struct record_head head;
	uint32_t
	    keep; /* 1: to be scanned; 0: it was there before, or is empty */
};

struct record_read {
	struct record_head head;
	uint32_t message;
	uint32_t end; /* enum read_end of lib/decoding.h */
};

struct record_report {
	struct record_head head;
	struct claims report;
};

/* The last thing that a session says, except for the end of an open message. */
struct record_closing {
	struct record_head head;
	char why[24];
	struct claims report; /* as far as it got */
};

struct record_result {
	struct record_head head;
	uint32_t message;
	uint32_t outcome; /* enum outcome */
	uint32_t name_len;
	char name[RECORD_NAME_MAX]; /* signature, clamd's bytes, for infected */
	/* INFECTED: in which one; without a part: the message as it stands. */
	struct reading_object object;
	/* CLEAN: 1, a new one is in stamp and mac.  CLEAN_BY_STAMP: the number
	 * of the field that was good.  Otherwise 0. */
	uint32_t stamped;
	uint8_t stamp[STAMP_RECORD];
	uint8_t mac[STAMP_MAC];
};

/* Between RESULT, or an END that announces readings, and REPORT: a piece of the
 * message as it is stored.  It is answered by one CONTENT of at most credit
 * bytes, which are fewer only at the end.  Nothing may follow it in the same
 * datagram. */
struct record_replay {
	struct record_head head;
	uint32_t message;
	uint32_t credit; /* from 1 to REPLAY_PIECE_MAX */
	uint64_t offset; /* at most the message's size */
};

struct record_content { /* bytes behind it; none: that is the end */
	struct record_head head;
	uint32_t message;
	uint32_t stored; /* 0: it is not, all of this is nothing; or 1 */
	uint64_t offset;
	uint64_t size; /* of the whole */
};

_Static_assert(
    sizeof(struct record_content) + REPLAY_PIECE_MAX <= RECORD_BATCH_MAX,
    "a piece is a datagram");

struct record_stamp {
	struct record_head head;
	uint8_t stamp[STAMP_RECORD]; /* what the monitor fills in is zero */
};

struct record_check {
	struct record_head head;
	uint32_t peer;
	uint8_t stamp[STAMP_RECORD];
	uint8_t mac[STAMP_MAC];
};

struct record_stamped {
	struct record_head head;
	uint32_t answer; /* enum stamp_answer; not MADE: the rest is zero */
	uint8_t stamp[STAMP_RECORD];
	uint8_t mac[STAMP_MAC];
};

struct record_checked {
	struct record_head head;
	uint32_t reason; /* enum stamp_reason */
};

/* True if r holds one whole record (length in the head == r.len) of a type
 * that FROM may send to TO, of the right size, with a descriptor exactly if
 * the type carries one. */
bool record_check(
    enum role from, enum role to, struct span r, bool with_descriptor);

/* Takes the next record off a batch: checks that its length field is at least
 * a head and within what is left.  False: violation (or empty). */
bool record_next(struct cursor *batch, struct span *record);

/* The type of a record that record_check or record_next has passed. */
enum record_type record_type_of(struct span record);

const char *record_name(enum record_type);

/* A head for a record of LENGTH bytes. */
static inline struct record_head
record_head(enum record_type type, size_t length)
{
	return (struct record_head){
	    .type = (uint32_t)type, .length = (uint32_t)length};
}

#endif
