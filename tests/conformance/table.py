# SPDX-License-Identifier: ISC
"""The conformance list as a whole, and docs/conformance.md, which is made from
it and from the results of a run.
"""
import rows_connect
import rows_framing
import rows_message
import rows_reply
import rows_session

SECTIONS = [
    ("Framing", rows_framing.FRAMING),
    ("Negotiation", rows_framing.NEGOTIATION),
    ("CONNECT and HELO", rows_connect.CONNECT),
    ("Envelope", rows_message.ENVELOPE),
    ("Headers", rows_message.HEADERS),
    ("Body", rows_message.BODY),
    ("Replies and modifications", rows_reply.REPLY),
    ("Macros", rows_session.MACROS),
    ("Session and life cycle", rows_session.SESSION),
]
ROWS = [row for _, rows in SECTIONS for row in rows]

HEAD = """\
<!-- Made by tests/conformance/rows.t, which also checks it.  Do not edit. -->
# Conformance

What a milter has to answer to each input, legal or not, and what `pratiqued`
does. Each row is run against the daemon's socket, in one write, byte by byte
and oddly split, and against the engine (`parser/`) alone in the same ways;
replies that `pratiqued` never has a reason to give are run against its encoder.
The rows themselves are `tests/conformance/rows_*.py`.

Unless a row says otherwise the MTA offers nothing that saves answers, so that
each command is answered. *Close* means: not another byte, an open message is
dropped, other connections are served. *Stricter* and *better* are in comparison
with libmilter 8.17; *never done* marks a row about something `pratiqued` has no
reason to do.

"""


def result(row, failed):
    if row.id in failed:
        return "**FAIL**"
    notes = ["pass"]
    if row.stricter:
        notes.append(f"stricter: {row.stricter}")
    if row.other:
        notes.append(f"better: {row.other}")
    if row.absent:
        notes.append(f"never done: {row.absent}")
    return "; ".join(notes)


def document(failed):
    """The text of docs/conformance.md; failed: ids."""
    lines = []
    for title, rows in SECTIONS:
        lines += [f"## {title}", "", "| | sent | required | result |",
                  "|---|---|---|---|"]
        lines += [f"| {r.id} | {r.sent} | {r.required} | {result(r, failed)} |"
                  for r in rows]
        lines.append("")
    count = len(ROWS)
    strict = sum(bool(r.stricter) for r in ROWS)
    absent = sum(bool(r.absent) for r in ROWS)
    lines += [f"{count} rows: {count - len(failed)} pass, {len(failed)} fail; "
              f"{strict} stricter than libmilter, {absent} never done.", ""]
    return HEAD + "\n".join(lines)
