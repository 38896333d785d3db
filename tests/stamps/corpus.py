# SPDX-License-Identifier: ISC
"""Mail as it is met: messages of many shapes for the relay tests.

messages() gives (what, text) pairs, text being a function of the tag by which
a message is found again.  Lines end in LF, characters are bytes (latin-1).
Nothing here is beyond what RFC 5322 and 8BITMIME let relays pass on as it is.
What is random is drawn from a fixed seed.
"""
import base64
import quopri
import random

DATE = "Date: Tue, 14 Nov 2023 22:09:00 +0000\n"
TEXT = "Good day,\n\nthis is what I wanted to say.\n\nYours\n"
UTF8 = "Gr\u00fc\u00dfe aus K\u00f6ln, \u65e5\u672c\u8a9e".encode().decode(
    "latin-1")

random_bytes = random.Random(5322).randbytes


def b64(data):
    return base64.encodebytes(data).decode("ascii")


def qp(data):
    return quopri.encodestring(data).decode("ascii")


def head(tag, sender=None, to="<user@example.org>", subject="a message",
         date=DATE, message_id=True, more=""):
    """The usual header; None leaves a field out."""
    lines = f"X-Test-Tag: {tag}\n"
    sender = sender or "Anne Example <anne@example.net>"
    lines += f"From: {sender}\nTo: {to}\n"
    if subject is not None:
        lines += f"Subject: {subject}\n"
    lines += date or ""
    if message_id:
        lines += f"Message-ID: <{tag}@example.net>\n"
    return lines + more


def plain(body=TEXT, **options):
    return lambda tag: head(tag, **options) + "\n" + body


def field(line, body=TEXT):
    """The usual message with one more header field."""
    return plain(body, more=line + "\n")


def multipart(*parts, kind="mixed", boundary="=_1", preamble="", epilogue="",
              **options):
    """parts: header and content of each as one text."""
    more = ("MIME-Version: 1.0\n"
            f'Content-Type: multipart/{kind};\n\tboundary="{boundary}"\n')
    return plain(preamble + enclose(parts, boundary) + epilogue, more=more,
                 **options)


def enclose(parts, boundary):
    return ("".join(f"--{boundary}\n{part}\n" for part in parts)
            + f"--{boundary}--\n")


def text_part(text, charset="us-ascii", coding="7bit", extra=""):
    return (f"Content-Type: text/plain; charset={charset}{extra}\n"
            f"Content-Transfer-Encoding: {coding}\n\n{text}")


def file_part(data, name="a.bin", kind="application/octet-stream"):
    return (f"Content-Type: {kind}; name=\"{name}\"\n"
            "Content-Transfer-Encoding: base64\n"
            f"Content-Disposition: attachment; filename=\"{name}\"\n\n"
            + b64(data))


def nested(depth):
    inner = text_part("the innermost\n")
    for level in range(depth):
        inner = (f'Content-Type: multipart/mixed; boundary="n{level}"\n\n'
                 + enclose([text_part(f"level {level}\n"), inner],
                           f"n{level}"))
    return multipart(inner)


HTML = ("Content-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\n"
        + qp("<p>Gr\u00fc\u00dfe</p>".encode()) + "\n")

def bare(text):
    """A message without the usual header."""
    return lambda tag: text.format(tag=tag)


HEADERS = [
    ("plain", plain()),
    ("no Date", plain(date=None)),
    ("no Message-ID", plain(message_id=False)),
    ("neither Date nor Message-ID", plain(date=None, message_id=False)),
    ("no Subject", plain(subject=None)),
    ("no From", bare("X-Test-Tag: {tag}\nTo: b@example.org\n" + DATE
                     + "Message-ID: <{tag}@example.net>\n\n" + TEXT)),
    ("no To", bare("X-Test-Tag: {tag}\nFrom: a@example.net\n" + DATE
                   + "Message-ID: <{tag}@example.net>\n\n" + TEXT)),
    ("nothing but the mark", bare("X-Test-Tag: {tag}\n\n" + TEXT)),
    ("empty Subject", plain(subject="")),
    ("raw UTF-8 Subject", plain(subject=UTF8)),
    ("encoded Subject", plain(subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"
                              " =?utf-8?b?4oKs?= again")),
    ("Subject with blanks in front", plain(subject="  two blanks")),
    ("Subject with blanks at the end", plain(subject="trailing  ")),
    ("Subject folded with tabs and blanks",
     plain(subject="one\n\ttwo\n \t three\n        four")),
    ("Subject that begins with a fold", plain(subject="\n later")),
    ("no blank after the colon", field("X-Tight:value")),
    ("tab after the colon", field("X-Tab:\tvalue")),
    ("empty field", field("X-Empty:")),
    ("two Subjects", field("Subject: the second")),
    ("the same field five times", field("\n".join(["X-Again: same"] * 5))),
    ("names in odd case", bare(
        "X-Test-Tag: {tag}\nFROM: a@example.net\ntO: b@example.org\n"
        "sUbJeCt: case\nDATE: Tue, 14 Nov 2023 22:09:00 +0000\n"
        "MESSAGE-ID: <{tag}@example.net>\n\n" + TEXT)),
    ("To over many lines", plain(to=",\n\t".join(
        f"user{n}@example.org" for n in range(40)))),
    ("To with names and comments", plain(
        to='"Last, First" <a@example.org>, (a comment) b@example.org,\n'
        "  Some Body <c@example.org> (another)")),
    ("To with a group", plain(to="Friends: a@example.org, b@example.org;")),
    ("undisclosed recipients", plain(to="undisclosed-recipients:;")),
    ("8-bit name in From", plain(sender=f'"{UTF8}" <anne@example.net>')),
    ("encoded name in From",
     plain(sender="=?utf-8?q?J=C3=BCrgen?= <j@example.net>")),
    ("Cc, Reply-To, Sender", field(
        "Cc: c@example.org, d@example.org\nReply-To: <r@example.net>\n"
        "Sender: secretary@example.net")),
    ("Bcc", field("Bcc: hidden@example.org")),
    ("Errors-To, Disposition-Notification-To", field(
        "Errors-To: <e@example.net>\n"
        "Disposition-Notification-To: <anne@example.net>")),
    ("Return-Path and Content-Length", field(
        "Return-Path: <anne@example.net>\nContent-Length: 48")),
    ("resent", field(
        "Resent-From: bert@example.org\nResent-To: carl@example.org\n"
        "Resent-Date: Tue, 14 Nov 2023 23:00:00 +0000\n"
        "Resent-Message-ID: <resent@example.org>")),
    ("from a list", field(
        "List-Id: <l.example.org>\nList-Post: <mailto:l@example.org>\n"
        "List-Unsubscribe: <mailto:l-request@example.org>,\n"
        "\t<https://example.org/u>\nPrecedence: bulk")),
    ("long thread", field(
        "In-Reply-To: <199@example.net>\nReferences:" + "".join(
            f"\n\t<{n}.long.message.id@example.net>" for n in range(200)))),
    ("20 Received", lambda tag: "".join(
        f"Received: from h{n}.example by h{n + 1}.example;\n"
        f"\tTue, 14 Nov 2023 22:{n + 10}:00 +0000\n" for n in range(20))
     + plain()(tag)),
    ("signed and sealed", field(
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1;\n"
        f"\th=from:subject; bh={'B' * 43}=;\n\tb={'A' * 172}\n"
        "ARC-Seal: i=1; cv=none; b=abcd\n"
        "ARC-Message-Signature: i=1; b=abcd\n"
        "ARC-Authentication-Results: i=1; mx.example.net; dkim=pass\n"
        "Authentication-Results: mx.example.net; dkim=pass")),
    ("verdicts of other filters", field(
        "X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00\n"
        "\tautolearn=ham\nX-Spam-Level:\nX-Rspamd-Score: 0.1\n"
        "X-Amavis-Alert: none\nX-Greylist: delayed 300 seconds")),
    ("200 fields", field("\n".join(f"X-N{n}: {n}" for n in range(200)))),
    ("field of 900 bytes in one line", field("X-Long: " + "l" * 890)),
    ("field of 20 KB, folded", field(
        "X-Long: " + "\n\t".join("l" * 70 for _ in range(280)))),
    ("blank line in an unknown field", field("X-Odd: one\n \t\n\ttwo")),
    ("Date in other words", plain(date="Date: 14 nov 23 22:09 GMT\n")),
    ("Message-ID folded",
     plain(message_id=False, more="Message-ID:\n <odd@example.net>\n")),
]

BODIES = [
    ("empty body", plain("")),
    ("one empty line", plain("\n")),
    ("many empty lines at the end", plain(TEXT + "\n" * 30)),
    ("blanks at line ends", plain("one \ntwo  \nthree\t\n-- \n")),
    ("blanks and tabs only", plain(" \n\t\n  \t \n")),
    ("format=flowed", field("Content-Type: text/plain; format=flowed",
                            "a flowed \nparagraph \nends here\n")),
    ("dots at line starts", plain(".\n..\n...\n.hidden\n. \n")),
    ("From at a line start", plain("From a@example.net\n>From b\n\nFrom c\n")),
    ("header lines in the body", plain("Subject: not one\n\nTo: nobody\n")),
    ("a line of 900 bytes", plain("y" * 900 + "\n")),
    ("a line of 995 bytes", plain("y" * 995 + "\n")),
    ("3,000 lines", plain("".join(f"{n} bottles\n" for n in range(3000)))),
    ("control bytes", plain("bell \x07 escape \x1b[1m form feed \f\n")),
    ("UTF-8, no MIME", plain(UTF8 + "\n")),
    ("all 8-bit bytes", plain(
        "".join(map(chr, range(0x80, 0x100))) + "\n")),
    ("UTF-8, 8bit", field(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit", UTF8 + "\n")),
    ("Latin-1, 8bit", field(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
        "Content-Transfer-Encoding: 8bit", "Gr\xfc\xdfe\n")),
    ("quoted-printable", field(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable",
        qp((UTF8 * 20).encode("latin-1")) + "\n")),
    ("base64 text", field(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-16\n"
        "Content-Transfer-Encoding: base64", b64("Gr\u00fc\u00dfe".encode(
            "utf-16")))),
    ("uuencode", plain("begin 644 a.txt\n#0V%T\n`\nend\n")),
]

MIME = [
    ("text and HTML", multipart(text_part("Hello\n"), HTML,
                                kind="alternative")),
    ("attachment", multipart(text_part("See there.\n"),
                             file_part(random_bytes(3000)))),
    ("attachment of 300 KB", multipart(text_part("Large.\n"),
                                       file_part(random_bytes(300 << 10)))),
    ("six attachments", multipart(text_part("Six.\n"), *(
        file_part(random_bytes(500), f"{n}.bin") for n in range(6)))),
    ("nested five deep", nested(5)),
    ("nested fifteen deep", nested(15)),
    ("message in a message", multipart(
        text_part("Forwarded.\n"), "Content-Type: message/rfc822\n\n"
        + plain(date=None)("inner").replace("X-Test-Tag", "X-Inner"))),
    ("report", multipart(
        text_part("Not delivered.\n"),
        "Content-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example.net\n\n"
        "Final-Recipient: rfc822; a@example.org\nAction: failed\n"
        "Status: 5.1.1\n",
        "Content-Type: text/rfc822-headers\n\nSubject: the old one\n",
        kind="report; report-type=delivery-status")),
    ("signed, 7bit", multipart(
        text_part("I sign. \n"), "Content-Type: application/pgp-signature\n\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n"
        "-----END PGP SIGNATURE-----\n", kind="signed")),
    ("8-bit part", multipart(text_part(UTF8 + "\n", "utf-8", "8bit"))),
    ("boundary with blanks", multipart(text_part("blanks\n"),
                                       boundary="a  b c")),
    ("boundary of 70 characters", multipart(text_part("long\n"),
                                            boundary="=" * 30 + "_" * 40)),
    ("preamble and epilogue", multipart(
        text_part("middle\n"), preamble="This is MIME.\n\n",
        epilogue="\nbehind\n\n\n")),
    ("calendar", multipart(
        text_part("Come.\n"), "Content-Type: text/calendar; method=REQUEST\n"
        "\nBEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n",
        kind="alternative")),
    ("file name in pieces", multipart(
        text_part("RFC 2231\n"), "Content-Type: application/pdf;\n"
        " name*0*=utf-8''Gr%C3%BC;\n name*1*=%C3%9Fe.pdf\n"
        "Content-Transfer-Encoding: base64\n\n" + b64(b"%PDF-1.4 not one\n"))),
    ("related with Content-ID", multipart(
        HTML, "Content-Type: image/png\nContent-ID: <i1@example.net>\n"
        "Content-Transfer-Encoding: base64\n\n" + b64(random_bytes(900)),
        kind="related")),
]


def messages():
    return HEADERS + BODIES + MIME
