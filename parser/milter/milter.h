/* SPDX-License-Identifier: ISC */
/*
 * The milter protocol's numbers: commands, replies, actions, protocol flags,
 * macro stages, and its limits.  Versions 2 to 6.
 * Source: libmilter's mfdef.h and mfapi.h; docs/protocol.md.
 */
#ifndef PARSER_MILTER_MILTER_H
#define PARSER_MILTER_MILTER_H

#define MILTER_VERSION_MIN 2U
#define MILTER_VERSION	   6U

/* Payload behind the command byte; both MTAs and libmilter keep to it. */
#define MILTER_PAYLOAD_MAX 65535U
/* Length word, command byte and payload. */
#define MILTER_PACKET_MAX (4U + 1U + MILTER_PAYLOAD_MAX)

enum milter_command {
	MILTER_ABORT = 'A',
	MILTER_BODY = 'B',
	MILTER_CONNECT = 'C',
	MILTER_MACRO = 'D',
	MILTER_BODYEOB = 'E',
	MILTER_HELO = 'H',
	MILTER_QUIT_NC = 'K',
	MILTER_HEADER = 'L',
	MILTER_MAIL = 'M',
	MILTER_EOH = 'N',
	MILTER_OPTNEG = 'O',
	MILTER_QUIT = 'Q',
	MILTER_RCPT = 'R',
	MILTER_DATA = 'T',
	MILTER_UNKNOWN = 'U',
};

enum milter_reply {
	MILTER_ADDRCPT = '+',
	MILTER_DELRCPT = '-',
	MILTER_ADDRCPT_PAR = '2',
	MILTER_ACCEPT = 'a',
	MILTER_REPLBODY = 'b',
	MILTER_CONTINUE = 'c',
	MILTER_DISCARD = 'd',
	MILTER_CHGFROM = 'e',
	MILTER_ADDHEADER = 'h',
	MILTER_INSHEADER = 'i',
	MILTER_CHGHEADER = 'm',
	MILTER_PROGRESS = 'p',
	MILTER_QUARANTINE = 'q',
	MILTER_REJECT = 'r',
	MILTER_SKIP = 's',
	MILTER_TEMPFAIL = 't',
	MILTER_REPLYCODE = 'y',
	/* '4' (shutdown), 'f' (connection failed) and 'l' (symbol list) exist
	 * as numbers and are never sent: no MTA treats them well. */
};

/* Second word of OPTNEG: what the filter may ask for. */
#define MILTER_ACT_ADDHDRS     0x001U
#define MILTER_ACT_CHGBODY     0x002U
#define MILTER_ACT_ADDRCPT     0x004U
#define MILTER_ACT_DELRCPT     0x008U
#define MILTER_ACT_CHGHDRS     0x010U
#define MILTER_ACT_QUARANTINE  0x020U
#define MILTER_ACT_CHGFROM     0x040U
#define MILTER_ACT_ADDRCPT_PAR 0x080U
#define MILTER_ACT_SETSYMLIST  0x100U
#define MILTER_ACT_DEFAULT     0x00fU /* what an offer of 0 means */

/* Third word of OPTNEG. */
#define MILTER_P_NOCONNECT   0x00000001U
#define MILTER_P_NOHELO	     0x00000002U
#define MILTER_P_NOMAIL	     0x00000004U
#define MILTER_P_NORCPT	     0x00000008U
#define MILTER_P_NOBODY	     0x00000010U
#define MILTER_P_NOHDRS	     0x00000020U
#define MILTER_P_NOEOH	     0x00000040U
#define MILTER_P_NR_HDR	     0x00000080U
#define MILTER_P_NOUNKNOWN   0x00000100U
#define MILTER_P_NODATA	     0x00000200U
#define MILTER_P_SKIP	     0x00000400U
#define MILTER_P_RCPT_REJ    0x00000800U
#define MILTER_P_NR_CONN     0x00001000U
#define MILTER_P_NR_HELO     0x00002000U
#define MILTER_P_NR_MAIL     0x00004000U
#define MILTER_P_NR_RCPT     0x00008000U
#define MILTER_P_NR_DATA     0x00010000U
#define MILTER_P_NR_UNKN     0x00020000U
#define MILTER_P_NR_EOH	     0x00040000U
#define MILTER_P_NR_BODY     0x00080000U
#define MILTER_P_HDR_LEADSPC 0x00100000U
#define MILTER_P_DEFAULT     0x0000003fU /* what an offer of 0 means */

/* Stages of the macro lists in our answer to OPTNEG.  5 is end of message,
 * 6 end of headers. */
enum milter_stage {
	MILTER_STAGE_CONNECT,
	MILTER_STAGE_HELO,
	MILTER_STAGE_MAIL,
	MILTER_STAGE_RCPT,
	MILTER_STAGE_DATA,
	MILTER_STAGE_EOM,
	MILTER_STAGE_EOH,
	MILTER_STAGES
};

#endif
