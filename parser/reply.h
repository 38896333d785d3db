/* SPDX-License-Identifier: ISC */
/*
 * The encoder: the only producer of bytes for the MTA.
 *
 * It knows which command is being answered, what was negotiated, and how many
 * final replies were due and sent.  It refuses (returns false, nothing is
 * sent) whatever is not legal at this point, was not granted, or is not
 * canonical (canonical.h); so no caller can break the conversation.  Packets
 * collect in a fixed buffer, which goes to host_mta_send when it is full and
 * when reply_flush is called.  A packet may be larger than the buffer.
 *
 * False also means that the MTA is gone; then everything is refused from now
 * on.
 */
#ifndef PARSER_REPLY_H
#define PARSER_REPLY_H

#include "lib/span.h"
#include "parser/milter.h"
#include "parser/negotiate.h"

#define REPLY_BUFFER_MAX 16384

/* Positions in headers stay clear of MTAs' signed arithmetic. */
#define REPLY_INDEX_MAX 0x7fffffffU

struct reply {
	uint32_t actions; /* granted */
	uint32_t flags;
	enum milter_command to; /* the command being answered */
	uint32_t due;		/* final replies, over the whole connection */
	uint32_t sent;
	bool gone;
	size_t len;
	uint8_t bytes[REPLY_BUFFER_MAX];
};

void reply_init(struct reply *);

/* From now on replies are to this command; due: it wants a final one. */
void reply_begin(struct reply *, enum milter_command, bool due);

/* Whether the final reply to the current command is still owed. */
bool reply_owed(const struct reply *);

/* Sends what the buffer holds. */
bool reply_flush(struct reply *);

/* The answer to OPTNEG, with macro lists if it grants SETSYMLIST; what it
 * grants holds for all later packets. */
bool reply_optneg(struct reply *, const struct negotiation *answer);

/* CONTINUE, ACCEPT, REJECT, TEMPFAIL, DISCARD, SKIP. */
bool reply_plain(struct reply *, enum milter_reply);

/* REPLYCODE: "550 5.7.1 text", further lines of text behind LF.  Percent signs
 * are doubled here. */
bool reply_text(struct reply *, struct span text);

/* ADDHEADER (index is not used), INSHEADER, CHGHEADER (empty value: delete).
 * value is without the space behind the colon, which is put there as
 * negotiated. */
bool reply_header(struct reply *, enum milter_reply, uint32_t index,
    struct span name, struct span value);

/* ADDRCPT, DELRCPT, and with optional parameters (one line, or empty)
 * ADDRCPT_PAR, CHGFROM. */
bool reply_address(struct reply *, enum milter_reply, struct span address,
    struct span parameters);

bool reply_quarantine(struct reply *, struct span reason);

/* REPLBODY, in as many packets as it takes, one behind the other. */
bool reply_body(struct reply *, struct span bytes);

/* The PROGRESS packet, for host_scan_end; static memory. */
struct span reply_progress(void);

#endif
