/* SPDX-License-Identifier: ISC */
/* Header fields; see field.h.  Pure. */
#include "lib/field.h"

/* Trace and verdict fields, which relays and filters add, change and remove.
 * A "*" at the end stands for anything. */
static const char *const ignored[] = {
    "received",
    "x-received",
    "return-path",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "delivery-date",
    "bcc",
    "resent-bcc",
    "content-length",
    "received-spf",
    "authentication-results",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "dkim-signature",
    "domainkey-signature",
    "x-virus-scanned",
    "x-virus-status",
    "x-spam",
    "x-quarantine-id",
    "x-greylist",
    "x-scanned-by",
    "x-spam-*",
    "x-spamd-*",
    "x-rspamd-*",
    "x-amavis-*",
};

/* Fields that Sendmail and Postfix rewrite. */
static const char *const address[] = {
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "resent-from",
    "resent-sender",
    "resent-reply-to",
    "resent-to",
    "resent-cc",
    "errors-to",
    "return-receipt-to",
    "disposition-notification-to",
    "apparently-to",
    "mail-followup-to",
};

/* What programs act on: never left out, whatever a site configures. */
static const char *const needed[] = {
    "content-*",
    "mime-version",
    "subject",
    "date",
    "message-id",
    "references",
    "in-reply-to",
    "list-*",
    "resent-*",
};

/* What mail programs, filters and relays other than ours put on messages, of
 * the names with an X. */
static const char *const others[] = {
    "x-amavis-*",
    "x-antiabuse",
    "x-authenticated-*",
    "x-authentication-*",
    "x-auto-response-suppress",
    "x-barracuda-*",
    "x-beenthere",
    "x-campaign*",
    "x-complaints-to",
    "x-dkim*",
    "x-envelope-*",
    "x-face",
    "x-failed-recipients",
    "x-feedback-id",
    "x-forwarded-*",
    "x-gm-*",
    "x-gmail-*",
    "x-google-*",
    "x-greylist*",
    "x-ham-*",
    "x-ironport-*",
    "x-keywords",
    "x-list*",
    "x-loop",
    "x-mailer",
    "x-mailman-*",
    "x-mailscanner*",
    "x-microsoft-*",
    "x-mime-autoconverted",
    "x-mimecast-*",
    "x-mimeole",
    "x-mozilla-*",
    "x-ms-*",
    "x-msmail-priority",
    "x-no-archive",
    "x-original-*",
    "x-originating-*",
    "x-policyd-*",
    "x-precedence",
    "x-priority",
    "x-proofpoint-*",
    "x-quarantine-*",
    "x-received*",
    "x-report-abuse*",
    "x-rspamd-*",
    "x-scanned-by",
    "x-sender*",
    "x-spam*",
    "x-status",
    "x-uid",
    "x-uidl",
    "x-virus-*",
    "x-yahoo*",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool
matches(struct span name, const char *pattern)
{
	size_t len = strlen(pattern);

	if (len > 0 && pattern[len - 1] == '*')
		return name.len >= len - 1 &&
		       memcmp(name.ptr, pattern, len - 1) == 0;
	return name.len == len && memcmp(name.ptr, pattern, len) == 0;
}

static bool
is_in(struct span name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (matches(name, list[i]))
			return true;
	}
	return false;
}

uint64_t
field_size(struct span name, struct span value)
{
	uint64_t size = name.len + value.len + strlen(":\r\n");

	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n' &&
		    (i == 0 || value.ptr[i - 1] != '\r'))
			size++;
	}
	return size;
}

enum field_class
field_class(struct span name, const struct field_list *site)
{
	if (is_in(name, address, COUNT(address)))
		return FIELD_ADDRESS;
	if (matches(name, "date"))
		return FIELD_DATE;
	if (matches(name, "message-id"))
		return FIELD_MESSAGE_ID;
	if (is_in(name, ignored, COUNT(ignored)))
		return FIELD_IGNORED;
	for (uint32_t i = 0; i < site->count; i++) {
		if (matches(name, site->name[i]))
			return FIELD_IGNORED;
	}
	return FIELD_COVERED;
}

bool
field_is_others(const char *name)
{
	char lower[FIELD_NAME_MAX];
	size_t len = strlen(name);

	if (len >= sizeof(lower))
		return false;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z'
				      ? name[i] + ('a' - 'A')
				      : name[i]);
	return is_in(span_of(lower, len), others, COUNT(others));
}

bool
field_may_ignore(const char *name)
{
	struct span s = span_text(name);

	/* A prefix could take one of the others along, but those of x-. */
	if (s.len > 0 && s.ptr[s.len - 1] == '*')
		return s.len > 3 && matches(s, "x-*");
	return s.len > 0 && !is_in(s, address, COUNT(address)) &&
	       !is_in(s, needed, COUNT(needed));
}
