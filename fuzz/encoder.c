/* SPDX-License-Identifier: ISC */
/*
 * The encoder under misuse: parser/milter/encoder.c, parser/mail/canonical.c,
 * parser/mail/phrase.c.
 *
 * Input: what is granted, then calls of every reply_ function in any order
 * with any text.  What is refused sends nothing, what is accepted is judged by
 * kit/mta_bytes.c, stands where the protocol has room for it, and the account of
 * final replies is right.
 */
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/mta_bytes.h"
#include "parser/mail/phrase.h"
#include "parser/mail/process.h"
#include "parser/milter/encoder.h"

#define SENT_MAX (4U << 20)
#define OPS_MAX	 64

static uint8_t sent[SENT_MAX];
static size_t sent_len;

/* Commands and codes that are tried, legal or not. */
static const char commands[] = "OCHMRTLNBEUQ";
static const char codes[] = "acrtdsyhimbq+-2epO4f";

struct account {
	struct wire_offer granted;
	uint8_t to; /* the command being answered */
	bool owed;
	size_t seen; /* packets */
};

bool
process_mta_send(struct span bytes)
{
	NEED(bytes.len > 0);
	NEED(bytes.len <= sizeof(sent) - sent_len);
	memcpy(&sent[sent_len], bytes.ptr, bytes.len);
	sent_len += bytes.len;
	return true;
}

/* Where a packet has its place. */
static bool
has_place(uint8_t code, uint8_t to)
{
	if (!wire_is_final(code))
		return to == 'E';
	if (code == 's')
		return to == 'B';
	if (code == 'd')
		return strchr("MRTLNBE", to) != NULL;
	return strchr("CHMRTLNBEU", to) != NULL;
}

/* Text of any length: the input's bytes, or one of them many times. */
static struct span
take_text(struct cursor *c)
{
	static uint8_t many[70000];
	uint8_t how = fuzz_u8(c);
	uint8_t byte = fuzz_u8(c);
	size_t len = (size_t)byte * 274;

	if (how % 16 != 15)
		return fuzz_bytes(c);
	memset(many, how & 0x80 ? '%' : 'x', len);
	return span_of(many, len);
}

/* Signature names of any kind are fit for a header and a reply. */
static bool
call_phrase(struct encoder *r, struct cursor *c, enum milter_reply code)
{
	enum outcome outcome = (enum outcome)(fuzz_u8(c) % OUTCOME_COUNT);
	char signature[256] = "", name[PHRASE_NAME_MAX + 1];
	struct span text = fuzz_bytes(c);
	struct reading_object object = {"", (enum decoding)fuzz_u8(c)};
	struct phrase p;

	memcpy(object.part, text.ptr,
	    text.len < sizeof(object.part) ? text.len : sizeof(object.part));

	if (text.len > 0)
		memcpy(signature, text.ptr, text.len);
	phrase_name(outcome, signature, name);
	NEED(memchr(name, '\0', sizeof(name)) != NULL && name[0] != '\0');
	NEED(strpbrk(name, " ()\\\t\r\n") == NULL);
	NEED(wire_printable(span_text(name)));
	NEED(phrase_status(&p, outcome, name, &object));
	NEED((strcmp(p.text, "Clean") == 0) == (outcome == OUTCOME_CLEAN));
	if (code == MILTER_ADDHEADER) {
		NEED(phrase_scanned(&p, name));
		return encoder_header(r, code, 0, span_text("X-Virus-Scanned"),
		    span_text(p.text));
	}
	if (code == MILTER_QUARANTINE)
		return encoder_quarantine(r, span_text(p.text));
	if (code != MILTER_REPLYCODE)
		return encoder_header(r, MILTER_INSHEADER, 1,
		    span_text("X-Virus-Status"), span_text(p.text));
	NEED(phrase_reply(&p, "550 5.7.1 %v 100%%", name));
	return encoder_text(r, span_text(p.text));
}

static bool
call(struct encoder *r, struct cursor *c, uint8_t op)
{
	uint8_t byte = (uint8_t)codes[fuzz_u8(c) % (sizeof(codes) - 1)];
	enum milter_reply code = (enum milter_reply)byte;
	struct span one, two;
	uint32_t index;

	switch (op % 8) {
	case 0:
		return encoder_plain(r, code);
	case 1:
		return encoder_text(r, take_text(c));
	case 2:
		index = fuzz_u32(c);
		one = fuzz_bytes(c);
		return encoder_header(r, code, index, one, take_text(c));
	case 3:
		one = fuzz_bytes(c);
		two = take_text(c);
		return encoder_address(r, code, one, two);
	case 4:
		return encoder_quarantine(r, take_text(c));
	case 5:
		return encoder_body(r, take_text(c));
	case 6:
		return call_phrase(r, c, code);
	default:
		return encoder_flush(r);
	}
}

/* All that has been sent since the last time. */
static void
judge(struct account *a)
{
	struct cursor c = cursor_of(span_of(sent, sent_len));

	while (!cursor_empty(&c)) {
		struct wire_packet p = wire_next(&c);

		wire_check(&p, &a->granted);
		NEED(has_place(p.code, a->to) && a->owed);
		if (wire_is_final(p.code))
			a->owed = false;
		a->seen++;
	}
	sent_len = 0;
}

static void
negotiate(struct encoder *r, struct cursor *c, struct account *a)
{
	struct negotiation n = {.version = 2 + fuzz_u8(c) % 5};
	struct wire_offer offer;
	struct wire_packet p;
	struct cursor out;

	n.actions = fuzz_u32(c);
	n.flags = fuzz_u32(c);
	if (n.version < MILTER_VERSION)
		n.actions &= ~MILTER_ACT_SETSYMLIST;
	offer = (struct wire_offer){n.version, n.actions, n.flags};
	encoder_init(r);
	NEED(!encoder_optneg(r, &n)); /* nobody has asked */
	encoder_begin(r, MILTER_OPTNEG, true);
	NEED(encoder_optneg(r, &n) && encoder_flush(r));
	out = cursor_of(span_of(sent, sent_len));
	p = wire_next(&out);
	if (offer.actions != 0 && offer.flags != 0)
		(void)wire_answer(&p, &offer);
	NEED(cursor_empty(&out));
	a->granted = offer;
	a->to = 'O';
	sent_len = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span copy = fuzz_copy(span_of(data, size));
	struct cursor c = cursor_of(copy);
	struct encoder *r = malloc(sizeof(*r));
	struct account a = {0};

	NEED(r != NULL);
	memset(r, 0xa5, sizeof(*r));
	sent_len = 0;
	negotiate(r, &c, &a);
	for (unsigned i = 0; i < OPS_MAX && !cursor_empty(&c); i++) {
		uint8_t op = fuzz_u8(&c);
		size_t before = a.seen;
		bool ok;

		if (op >= 192) {
			a.to = (uint8_t)commands[op % (sizeof(commands) - 1)];
			/* A second one would have to wait for the first. */
			encoder_begin(
			    r, (enum milter_command)a.to, !a.owed && op < 240);
			a.owed = a.owed || op < 240;
			continue;
		}
		ok = call(r, &c, op);
		NEED(encoder_flush(r));
		judge(&a);
		NEED(encoder_owed(r) == a.owed);
		NEED(op % 8 == 7 || ok == (a.seen > before));
	}
	free(r);
	free((void *)(uintptr_t)copy.ptr);
	return 0;
}
