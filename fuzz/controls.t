#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Do the targets see anything?  Each row plants one fault into a parser and
# replays the corpus and the regressions, which must come to a stop there.
# A row that changes nothing, because the code is no longer what it was, is a
# failure too: then the row needs a new expression.  Run by `make check`.
set -u
cd "$(dirname "$0")/.." || exit 1
B=${B:-build}

# target, file, what is planted, expression for sed
faults="
packet|parser/milter/command.c|bytes behind a string taken|s/cursor_string(&c, out) && cursor_empty(&c)/cursor_string(\&c, out)/
packet|parser/milter/packet.c|packets without a command taken|s/length < LENGTH_MIN || //
conversation|parser/mail/disposal.c|fields deleted from the first to the last|s/uint32_t i = count; i > 0; i--/uint32_t i = 1; i <= count; i++/
conversation|parser/mail/disposal.c|clean, but not all was scanned|s/return s->so_far/return OUTCOME_CLEAN/
conversation|parser/mail/disposal.c|a rule that the scanner invents|s/ || outcome_is_ruled(given)//
conversation|parser/mail/session.c|forged fields found by exact spelling only|s/strncasecmp((const char \*)/strncmp((const char *)/
conversation|parser/mail/session.c|content of an exempt message|s/s->so_far = d->outcome;/;/
conversation|parser/mail/session.c|what was decided about the message before|s/s->scope == SESSION_SCOPE_MESSAGE/false/
conversation|parser/milter/state.c|commands after a verdict on the session|s/.define NEGOTIATED (READY/#define NEGOTIATED (OVER | READY/
conversation|parser/milter/state.c|replies that nobody waits for|s/row->replies && (m->flags & row->no_reply) == 0/row->replies/
conversation|parser/milter/state.c|recipients after DATA|s/MAIL | RCPT, .next = STATE_RCPT/MAIL | RCPT | DATA, .next = STATE_RCPT/
conversation|parser/milter/engine.c|a header's space not put back|s/e->value\[0\] = ' '/e->value[0] = '\\\\t'/
encoder|parser/milter/encoder.c|per cent signs not doubled|s/line.ptr\[i\] == '%'/line.ptr[i] == '\\\\0'/
encoder|parser/milter/encoder.c|edits that were not granted|s/(r->actions & row->actions) == row->actions/true/
encoder|parser/mail/canonical.c|line ends in header values|s/after_lf && byte != ' '/false \&\& byte != ' '/
negotiation|parser/milter/negotiate.c|more asked than offered|s/(wants->stages) & offered_flags/(wants->stages)/
address|parser/mail/envelope.c|brackets in quotes end a mailbox|s/quoted || byte != '>'/byte != '>'/
macro|parser/milter/macro.c|macros of the message before|s/clear_from(m, MILTER_STAGE_MAIL)/clear_from(m, MILTER_STAGE_DATA)/
clamd_reply|scanner/clamd/reply.c|clean by a reply that was cut|s/span_is(s, \"OK\") && end == REPLY_EOF/span_is(s, \"OK\")/
look|scanner/look.c|what lies across two pieces|s/l->kept = all - count/l->kept = 0 * count/
look|scanner/look.c|base64 that does not begin at a whole byte|s/bit <= 4; bit += 2) {$/bit <= 2; bit += 2) {/
records|scanner/base/stream.c|line ends of folds left as they came|s/out\[len - 1\] = '.r'/out[len - 1] = '\\\\n'/
records|scanner/base/stream.c|files that can still be changed|s/F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE/F_SEAL_SHRINK | F_SEAL_WRITE/
boot|privsep/ipc/parts.c|bytes hidden between two parts|s/!is_zero(block, end, row.offset)/false/
boot|privsep/ipc/parts.c|parts anywhere|s/row.offset != aligned(end)/row.offset % 8 != 0/
boot|privsep/ipc/parts.c|bytes behind the last part|s/return end == block.len \&\& /return /
boot|privsep/ipc/parts.c|more of a kind than there may be|s/count\[kind\]++ < rule->most/count[kind]++ < UINT32_MAX/
pid_file|privsep/start/pid_file.c|more than a number taken|s/digits + 1 != text.len/digits + 1 > text.len/
addresses|privsep/ipc/addresses.c|an address that is being written|s/(before \& 1) != 0/false/
addresses|privsep/ipc/addresses.c|known by any other word than 1|s/known = all->clamd.index..known == 1/known = all->clamd[index].known != 0/
log|lib/log.c|values with blanks not in quotes|s/bytes\[i\] <= 0x20/bytes[i] < 0x20/
key_file|keys/key_file.c|days that a month has not|s/y != year || m != month || d != day/false/
key_file|keys/key_file.c|a secret left behind|s/sodium_memzero(out, sizeof(\*out))/out->id[0] = 0/
status|cli/block.c|a text without an end|s/text\[size - 1\] = '.0'/text += size - 1/
status|cli/block.c|what a terminal obeys|s/\*text < ' ' || //
status|cli/show_sandbox.c|no filter where one is told|s/f->seccomp != 2/false/
status|cli/facts.c|capabilities that are there|s/strtoull(value, NULL, 16)/0/
mime|parser/mime/split.c|delimiters within a piece passed over|s/if (at.left == 0 || look(c, at, \&head, \&level) != LINE_PLAIN)/if (at.left == 0)/
mime|parser/mime/level.c|the outermost level first|s/uint32_t n = range.last; n > range.first; n--/uint32_t n = range.first + 1; n <= range.last; n++/
mime|parser/mime/split.c|lines cut at a piece taken for ordinary ones|s/return whole || c->end ? judge(c, \*head, level) : LINE_CUT/return judge(c, *head, level)/
mime|parser/mime/part.c|parts of a digest as texts|s/l->digest = is_type(m, .multipart.digest.)/l->digest = false/
readings|parser/mime/readings.c|an object given twice|s/if (memcmp(g->digest\[i\], digest, SHA256_BYTES) == 0) {/if (false) {/
readings|parser/mime/readings.c|names one byte off|s/(unsigned long long)at);/(unsigned long long)at + 1);/
readings|parser/mime/readings.c|objects of the message before|s/r->given.count = 0;/;/
readings|parser/mime/rows.c|a line end cut at a piece|s/rows->crs > 0) {$/rows->crs > 0 \&\& rows->in.left > 1) {/
message|cli/message.c|the body's first line joined to the header|s/saved_without_end(field).len > 0 \&\& c->left > 0/c->left > 0/
message|cli/message.c|line ends left as they are|s/if (crlf || text/if (true || text/
header|parser/mime/header.c|the end of a fold kept|s/line.len > 0 \&\& line.ptr\[line.len - 1\] == '.r'/line.len > 1 \&\& line.ptr[line.len - 1] == '\\\\r'/
header|parser/mime/header.c|a fold without anything in it|s/if (is_blank(line))/if (line.len == 0)/
header|parser/mime/header.c|names with white space in them|s/line.ptr\[i\] > ' '/line.ptr[i] >= ' '/
header|parser/mime/mailbox.c|commas in quotes|s/c->at\[0\] == '\"' \&\& enclosed/c->at[0] == '\"' \&\& false \&\& enclosed/
header|parser/mime/mailbox.c|routes are addresses|s/address.len == 0;/false;/
word|parser/mime/word.c|characters in two words|s/if (!ascii_same(w.charset, charset))/if (true)/
word|parser/mime/charset.c|UTF-16 with its bytes turned|s/unit = (uint32_t)byte << 8/unit = (uint32_t)byte << 7/
word|parser/mime/name.c|dots at the end|s/if (code == '.') {/if (false) {/
word|parser/mime/name.c|half a character in the middle|s/ \& 0xc0) == 0x80)/ \& 0xc0) == 0xff)/
config|config/read.c|an empty name taken for the end|s/!ok && r->faults == 0/false/
"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
failed=0

tell() {
	n=$((n + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $n - $2"
}

# Compiles the changed file and links it in front of the archive.
plant() {
	sed "$3" "$2" >"$work/changed.c"
	cmp -s "$2" "$work/changed.c" && return 1
	cc -w -std=c17 -O1 -I. -I"$(dirname "$2")" -D_GNU_SOURCE \
		-DVERSION='"test"' -DLIBEXECDIR='"/nowhere"' \
		-c -o "$work/changed.o" "$work/changed.c" || return 1
	cc -o "$work/$1" "$B/fuzz/$1.o" "$B/fuzz/kit/replay.o" \
		"$work/changed.o" "$B/fuzz.a" \
		-lconfuse -lseccomp -lcap-ng -lsodium
}

printf '%s\n' "$faults" | sed '/^$/d' >"$work/faults"
echo "1..$(wc -l <"$work/faults")"
while IFS='|' read -r target file what expression; do
	name="$target sees: $what"
	if ! plant "$target" "$file" "$expression"; then
		tell "not ok" "$name (could not be planted in $file)"
	elif "$work/$target" >"$work/out" 2>&1; then
		tell "not ok" "$name"
	else
		tell ok "$name"
	fi
done <"$work/faults"
exit $failed
