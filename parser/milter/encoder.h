/* SPDX-License-Identifier: ISC */
/*
 * The encoder: the only producer of bytes for the MTA.
 *
 * It knows which command is being answered, what was negotiated, and how many
 * final replies were due and sent.  It refuses (returns false, nothing is
 * sent) whatever is not legal at this point, was not granted, or is not
 * canonical (canonical.h); so no caller can break the conversation.  Packets
 * collect in a fixed buffer, which goes to process_mta_send when it is full and
 * when encoder_flush is called.  A packet may be larger than the buffer.
 *
 * False also means that the MTA is gone; then everything is refused from now
 * on.
 */
#ifndef PARSER_MILTER_ENCODER_H
#define PARSER_MILTER_ENCODER_H

#include "lib/span.h"
#include "parser/milter/milter.h"
#include "parser/milter/negotiate.h"

#define REPLY_BUFFER_MAX 16384

/* Positions in headers stay clear of MTAs' signed arithmetic. */
#define REPLY_INDEX_MAX 0x7fffffffU

struct encoder {
	uint32_t actions; /* granted */
	uint32_t flags;
	enum milter_command to; /* the command being answered */
	uint32_t due;		/* final replies, over the whole connection */
	uint32_t sent;
	bool gone;
	size_t len;
	uint8_t bytes[REPLY_BUFFER_MAX];
};

void encoder_init(struct encoder *);

/* From now on replies are to this command; due: it wants a final one. */
void encoder_begin(struct encoder *, enum milter_command, bool due);

/* Whether the final reply to the current command is still owed. */
bool encoder_owed(const struct encoder *);

/* Sends what the buffer holds. */
bool encoder_flush(struct encoder *);

/* The answer to OPTNEG, with macro lists if it grants SETSYMLIST; what it
 * grants holds for all later packets. */
bool encoder_optneg(struct encoder *, const struct negotiation *answer);

/* CONTINUE, ACCEPT, REJECT, TEMPFAIL, DISCARD, SKIP. */
bool encoder_plain(struct encoder *, enum milter_reply);

/* REPLYCODE: "550 5.7.1 text", further lines of text behind LF.  Percent signs
 * are doubled here. */
bool encoder_text(struct encoder *, struct span text);

/* ADDHEADER (index is not used), INSHEADER, CHGHEADER (empty value: delete).
 * value is without the space behind the colon, which is put there as
 * negotiated. */
bool encoder_header(struct encoder *, enum milter_reply, uint32_t index,
    struct span name, struct span value);

/* ADDRCPT, DELRCPT, and with optional parameters (one line, or empty)
 * ADDRCPT_PAR, CHGFROM. */
bool encoder_address(struct encoder *, enum milter_reply, struct span address,
    struct span parameters);

bool encoder_quarantine(struct encoder *, struct span reason);

/* REPLBODY, in as many packets as it takes, one after the other. */
bool encoder_body(struct encoder *, struct span bytes);

/* The PROGRESS packet, for process_scan_end; static memory. */
struct span encoder_progress(void);

#endif
