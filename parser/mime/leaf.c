/* SPDX-License-Identifier: ISC */
/* The content of a leaf: decoded, measured, given; see mime_state.h. */
#include "parser/mime/mime_state.h"
#include "parser/mime/mismatch.h"

static bool
is_type(const struct entity *e, const char *type)
{
	return e->type.len == strlen(type) &&
	       memcmp(e->type.ptr, type, e->type.len) == 0;
}

static enum body_kind
body_kind(const struct entity *e)
{
	if (e->encoding == ENCODING_BASE64)
		return BODY_BASE64;
	if (e->encoding == ENCODING_QUOTED_PRINTABLE)
		return BODY_QUOTED;
	/* Reports have fields, but none that say how to read what follows. */
	if (e->media != MEDIA_TEXT && e->media != MEDIA_OTHER &&
	    e->media != MEDIA_MULTIPART &&
	    !is_type(e, "message/delivery-status") &&
	    !is_type(e, "message/disposition-notification"))
		return BODY_MESSAGE;
	if (is_type(e, "text/rfc822-headers"))
		return BODY_HEADERS;
	return e->encoding == ENCODING_NONE || e->encoding == ENCODING_7BIT
		   ? BODY_SEVEN
		   : BODY_PLAIN;
}

/* Where files may stand: in any text, and in whatever is not encoded. */
static bool
may_have_files(const struct mime *m)
{
	enum decoding with = m->part.decoding;

	if (with == DECODING_UUENCODE || with == DECODING_YENC)
		return false;
	return with == DECODING_AS_IS || m->entity.media == MEDIA_TEXT;
}

void
mime_leaf_begin(struct mime *m, struct mime_stream *s)
{
	s->place = MIME_LEAF;
	m->some = false;
	m->start_len = 0;
	body_begin(&s->body, body_kind(&m->entity));
	if (m->part.decoding != DECODING_AS_IS)
		decoder_begin(&s->decoder, m->part.decoding);
	if ((m->wants & MIME_WANTS_KINDS) != 0)
		kind_begin(&m->leaf.kinds);
	if ((m->wants & MIME_WANTS_DIGESTS) != 0)
		sha256_begin(&m->sha256);
	m->files.looking = may_have_files(m);
	if (m->files.looking)
		mime_files_begin(m, false);
	split_begin(&s->split, &m->levels, mime_range(m, s), false);
}

static void
keep_start(struct mime *m, struct span bytes)
{
	size_t room = sizeof(m->start) - m->start_len;

	if (bytes.len > room)
		bytes.len = room;
	memcpy(m->start + m->start_len, bytes.ptr, bytes.len);
	m->start_len += bytes.len;
}

static void
give(struct mime *m, struct span bytes)
{
	if (bytes.len == 0)
		return;
	m->part.size += bytes.len;
	keep_start(m, bytes);
	if ((m->wants & MIME_WANTS_KINDS) != 0)
		kind_bytes(&m->leaf.kinds, bytes);
	if ((m->wants & MIME_WANTS_DIGESTS) != 0)
		sha256_bytes(&m->sha256, bytes);
	if ((m->wants & MIME_WANTS_CONTENT) != 0)
		mime_part_content(m, &m->part, bytes);
	if (m->files.looking)
		mime_files_bytes(m, bytes);
}

void
mime_leaf_bytes(struct mime *m, struct mime_stream *s, struct span run)
{
	struct cursor in = cursor_of(run);

	body_bytes(&s->body, run, &m->levels, mime_range(m, s));
	m->some = m->some || run.len > 0;
	if (m->part.decoding == DECODING_AS_IS) {
		give(m, run);
		return;
	}
	while (!cursor_empty(&in)) {
		size_t n = decoder_bytes(
		    &s->decoder, &in, m->leaf.decoded, sizeof(m->leaf.decoded));

		give(m, span_of(m->leaf.decoded, n));
	}
}

static void
end_decoder(struct mime *m, struct mime_stream *s)
{
	size_t n;

	if (m->part.decoding == DECODING_AS_IS)
		return;
	n = decoder_end(&s->decoder, m->leaf.decoded);
	give(m, span_of(m->leaf.decoded, n));
	anomalies_join(&m->part.found, &s->decoder.found);
	if ((m->part.decoding == DECODING_UUENCODE ||
		m->part.decoding == DECODING_YENC) &&
	    s->decoder.files == 0 && m->some)
		mime_found_add(m, s, ANOMALY_ENCODING_MISMATCH);
}

/* DER of a PKCS #7 signedData (RFC 5652 5.1), which has the object identifier
 * 1.2.840.113549.1.7.2 at its beginning. */
static bool
is_signed_data(const struct mime *m)
{
	static const uint8_t oid[] = {
	    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

	if (m->start_len < sizeof(oid) || m->start[0] != 0x30)
		return false;
	for (size_t i = 0; i + sizeof(oid) <= m->start_len; i++) {
		if (memcmp(m->start + i, oid, sizeof(oid)) == 0)
			return true;
	}
	return false;
}

/* A signature that stands beside what it signs is the same, without
 * content. */
static bool
is_detached(const struct entity *e)
{
	return is_type(e, "application/pkcs7-signature") ||
	       is_type(e, "application/x-pkcs7-signature");
}

/* By type and content: nothing that does harm begins like that. */
static bool
is_signature(const struct mime *m)
{
	static const char pgp[] = "-----BEGIN PGP SIGNATURE-----";
	size_t len = sizeof(pgp) - 1;

	if (is_detached(&m->entity))
		return is_signed_data(m);
	return is_type(&m->entity, "application/pgp-signature") &&
	       m->start_len >= len && memcmp(m->start, pgp, len) == 0;
}

/* What the content is, and says of the part. */
static void
judge_content(struct mime *m, struct mime_stream *s)
{
	if (is_signed_data(m) && !is_detached(&m->entity))
		mime_found_add(m, s, ANOMALY_SMIME_OPAQUE);
	if (!is_signature(m))
		mime_level_hides(m);
	if ((m->wants & MIME_WANTS_DIGESTS) != 0)
		sha256_end(&m->sha256, m->part.digest);
	if ((m->wants & MIME_WANTS_KINDS) == 0)
		return;
	m->part.kinds = kind_end(&m->leaf.kinds);
	if (kinds_has(&m->part.kinds, KIND_TNEF))
		mime_found_add(m, s, ANOMALY_TNEF);
	if (mismatch_is_encrypted(&m->part.kinds))
		mime_found_add(m, s, ANOMALY_ENCRYPTED);
	if (mismatch_is_there(&m->entity, &m->part.kinds))
		mime_found_add(m, s, ANOMALY_TYPE_MISMATCH);
}

void
mime_leaf_end(struct mime *m, struct mime_stream *s)
{
	end_decoder(m, s);
	if (m->files.looking) {
		mime_files_end(m);
		anomalies_join(&m->part.found, &m->files.found);
	}
	body_end(&s->body, &m->levels, mime_range(m, s));
	anomalies_join(&m->part.found, &s->body.found);
	m->ambiguous = m->ambiguous || s->body.ambiguous;
	judge_content(m, s);
	anomalies_join(&m->found, &m->part.found);
	mime_part_ends(m, &m->part);
}
