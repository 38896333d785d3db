/* SPDX-License-Identifier: ISC */
/* Types of content, in the session process; see media.h. */
#include "parser/mime/media.h"

#include "parser/mime/syntax.h"

static bool
malformed(struct anomalies *found)
{
	anomalies_add(found, ANOMALY_CONTENT_TYPE_MALFORMED);
	return false;
}

static void
note_skipped(const struct syntax_found *skipped, struct anomalies *found)
{
	if (skipped->comment)
		anomalies_add(found, ANOMALY_CONTENT_TYPE_COMMENT);
	if (skipped->deep)
		anomalies_add(found, ANOMALY_LIMIT_PARAMS);
}

/* Writes main and sub with a slash between them. */
static size_t
join(struct span main, struct span sub, uint8_t out[static MEDIA_TYPE_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < main.len; i++)
		out[len++] = ascii_lower(main.ptr[i]);
	out[len++] = '/';
	for (size_t i = 0; i < sub.len; i++)
		out[len++] = ascii_lower(sub.ptr[i]);
	return len;
}

bool
media_take(struct cursor *field, uint8_t out[static MEDIA_TYPE_MAX],
    size_t *len, struct anomalies *found)
{
	struct syntax_found skipped = {0};
	struct span main, sub;

	syntax_skip(field, &skipped);
	if (field->left > 1 && field->at[0] == '=' && field->at[1] == '?')
		anomalies_add(found, ANOMALY_HEADER_ENCODED_WORD);
	main = syntax_token(field);
	syntax_skip(field, &skipped);
	note_skipped(&skipped, found);
	if (main.len == 0 || syntax_peek(field) != '/')
		return malformed(found);
	syntax_step(field);
	syntax_skip(field, &skipped);
	sub = syntax_token(field);
	note_skipped(&skipped, found);
	if (sub.len == 0 || main.len + sub.len >= MEDIA_TYPE_MAX)
		return malformed(found);
	*len = join(main, sub, out);
	return true;
}

/* --- meanings ------------------------------------------------------------- */

static const char *const multiparts[] = {"mixed", "alternative", "related",
    "report", "signed", "encrypted", "digest", "parallel", "form-data",
    "appledouble", NULL};

/* Kinds of message that everybody shows as text, and that honest mail has. */
static const char *const notices[] = {"delivery-status",
    "disposition-notification", "feedback-report", "global-delivery-status",
    "global-disposition-notification", NULL};

static bool
is_one_of(struct span s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (syntax_is(s, *list))
			return true;
	return false;
}

/* Is it that type? Then sub becomes what stands behind the slash. */
static bool
is_main(struct span type, const char *main, struct span *sub)
{
	struct cursor c = cursor_of(type);
	struct span before;

	if (!cursor_take(&c, strlen(main), &before) ||
	    !syntax_is(before, main) || syntax_peek(&c) != '/')
		return false;
	syntax_step(&c);
	*sub = cursor_rest(&c);
	return true;
}

static enum media
multipart(struct span sub, struct anomalies *found)
{
	if (!is_one_of(sub, multiparts))
		anomalies_add(found, ANOMALY_MULTIPART_TYPE_UNKNOWN);
	if (syntax_is(sub, "encrypted"))
		anomalies_add(found, ANOMALY_ENCRYPTED);
	return MEDIA_MULTIPART;
}

static enum media
message(struct span sub, struct anomalies *found)
{
	if (syntax_is(sub, "rfc822") || syntax_is(sub, "global"))
		return MEDIA_MESSAGE;
	if (syntax_is(sub, "partial")) {
		anomalies_add(found, ANOMALY_MESSAGE_PARTIAL);
		return MEDIA_PARTIAL;
	}
	if (syntax_is(sub, "external-body")) {
		anomalies_add(found, ANOMALY_MESSAGE_EXTERNAL_BODY);
		return MEDIA_EXTERNAL;
	}
	if (!is_one_of(sub, notices))
		anomalies_add(found, ANOMALY_MESSAGE_TYPE_OTHER);
	return MEDIA_MESSAGE_OTHER;
}

enum media
media_of(struct span type, struct anomalies *found)
{
	struct span sub;

	if (is_main(type, "multipart", &sub))
		return multipart(sub, found);
	if (is_main(type, "message", &sub))
		return message(sub, found);
	if (syntax_is(type, "application/ms-tnef") ||
	    syntax_is(type, "application/vnd.ms-tnef"))
		anomalies_add(found, ANOMALY_TNEF);
	return is_main(type, "text", &sub) ? MEDIA_TEXT : MEDIA_OTHER;
}

bool
media_is_smime(struct span type)
{
	return syntax_is(type, "application/pkcs7-mime") ||
	       syntax_is(type, "application/x-pkcs7-mime");
}
