# SPDX-License-Identifier: ISC
"""Simple messages, and forms that are unusual but right, or wrong without
harm."""
from material import (MIME, PDF, PNG, PROSE, VCARD, ZIP, add, b64, calendar,
                      head, qp)

add("no-mime", head(), "\n", PROSE)
add("no-mime-lf", head(), "\n", PROSE, lf=True)
add("empty-body", head(), "\n")
add("header-only", head())
add("one-field", "Subject: x\n\nx\n")
add("no-final-newline", head(), "\nJust one line without an end")
add("blank-lines-only", head(), "\n\n\n\n\n")
add("8bit-undeclared", head(), "\n", "Grüße\r\n".encode("latin-1"))
add("8bit-declared-7bit", head(more=MIME + "Content-Type: text/plain; charset="
    "iso-8859-1\nContent-Transfer-Encoding: 7bit\n"), "\n",
    "Grüße\r\n".encode("latin-1"))
add("binary-text", head(more=MIME + "Content-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: binary\n"), "\n", "Grüße\n" * 3)
add("begin-in-prose", head("Re: begin"),
    "\nPlease begin 644 new readings at noon.\n\nbegin 644 lines further down, "
    "he said,\nand so they did. In the old days one wrote\n\n  begin at the "
    "beginning\n\nand then the end came.\nend\n")
add("begin-line-of-code", head("Code"),
    "\nbegin\n  writeln('hello');\nend.\n\nbegin transaction;\ninsert into pump "
    "values (1);\nend\n")
add("yenc-in-prose", head("Encodings"),
    "\nA line with =ybegin in it, and another one with =yend.\n")
add("dashes", head("Dashes"),
    "\n--\n-- \n---\n--- --- ---\n----------------------------------------\n"
    "--no-option was given\n-- a comment in SQL\n--\n")
add("dashes-in-part", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"dashes-0001\"\n"),
    "\n--dashes-0001\nContent-Type: text/plain\n\nusage: pump --speed N "
    "--verbose\n\n--speed N\n--verbose\n  be verbose\n-----\n--\n-- \nMarta\n\n"
    "--dashes-0001\nContent-Type: text/plain; name=log.txt\nContent-Disposition:"
    " attachment; filename=log.txt\n\n--- begin of log ---\n------\n--- end of "
    "log ---\n\n--dashes-0001--\n")
add("dots", head("Dots"), "\n.\n..\n...hidden\n.\n")
add("from-lines", head("From"), "\n>From the beginning\n>>From quoted\nfrom "
    "small\n")
add("field-like-text", head("How to"),
    "\nHello,\n\nSubject: to change without notice\nNote: the pump is hot\n"
    "Content: two pages\n\nBye\n")
add("text-begins-with-note", head("Note"),
    "\nNote: the pump is hot.\nhttps://example.com/pump\n12:00: switched off\n")
add("long-lines", head(more=MIME + "Content-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n"), "\n", "word " * 400 + "\n" +
    "word " * 900 + "\n")
add("long-header-lines", head("s" * 990, to=",\n ".join(
    f"person{i}@example.net" for i in range(60)), more="X-Long: " + "x" * 1200 +
    "\nReferences: " + "\n ".join(f"<{i}.4711@example.com>" for i in range(40)) +
    "\n"), "\n", PROSE)
add("flowed-delsp", head(more=MIME + "Content-Type: text/plain; charset=utf-8; "
    "format=flowed; delsp=yes\nContent-Transfer-Encoding: 8bit\n"),
    "\nEine Zeile, die wei \nter geht, und noch eine \n > kein Zitat\n> Zitat\n")
add("single-attachment", head(more=MIME + "Content-Type: application/pdf; name="
    "\"a.pdf\"\nContent-Transfer-Encoding: base64\nContent-Disposition: "
    "attachment; filename=\"a.pdf\"\n"), "\n", b64(PDF))
add("single-html", head(more=MIME + "Content-Type: text/html\n"),
    "\n<html>\n<head><title>x</title></head><body><p>Hello</p></body></html>\n")
add("single-calendar", head("Invitation", more=MIME + "Content-Type: "
    "text/calendar; method=REQUEST; charset=\"utf-8\"\nContent-Transfer-Encoding"
    ": 8bit\n"), "\n", calendar("REQUEST", "Prüfung"))
add("calendar-reply", head("Accepted: Pump review", more=MIME + "Content-Type: "
    "multipart/mixed; boundary=\"cal-0001\"\n"),
    "\n--cal-0001\nContent-Type: multipart/alternative; boundary=\"cal-alt-0001"
    "\"\n\n--cal-alt-0001\nContent-Type: text/plain\n\nAccepted\n\n"
    "--cal-alt-0001\nContent-Type: text/calendar; method=REPLY\n\n",
    calendar("REPLY"), "\n--cal-alt-0001--\n\n--cal-0001\nContent-Type: "
    "application/ics; name=\"invite.ics\"\nContent-Disposition: attachment; "
    "filename=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n",
    b64(calendar("REPLY").replace("\n", "\r\n")), "\n--cal-0001--\n")
add("vcard", head(more=MIME + "Content-Type: text/vcard; charset=utf-8; "
    "name=m.vcf\n"), "\n", VCARD)
add("empty-parts", head(more=MIME + "Content-Type: multipart/mixed; boundary="
    "\"empty-0001\"\n"),
    "\n--empty-0001\nContent-Type: text/plain\n\n\n--empty-0001\nContent-Type: "
    "text/html\n\n\n--empty-0001\nContent-Type: application/octet-stream; "
    "name=nothing.bin\nContent-Transfer-Encoding: base64\n\n\n--empty-0001--\n")
add("part-without-fields", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"bare-0001\"\n"),
    "\n--bare-0001\n\nNo fields at all.\n--bare-0001\n\n\nAnd a blank line.\n\n"
    "--bare-0001--\n")
add("no-close", head(more=MIME + "Content-Type: multipart/mixed; boundary=\""
    "open-0001\"\n"),
    "\n--open-0001\nContent-Type: text/plain\n\n", PROSE,
    "--open-0001\nContent-Type: image/png; name=a.png\n"
    "Content-Transfer-Encoding: base64\n\n", b64(PNG))
add("close-without-newline", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"shut-0001\"\n"),
    "\n--shut-0001\nContent-Type: text/plain\n\ntext\n--shut-0001--")
add("padding-after-delimiter", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"padded-0001\"\n"),
    "\n--padded-0001  \nContent-Type: text/plain\n\ntext\n--padded-0001\t\n"
    "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n",
    b64(ZIP), "--padded-0001--  \n")
add("preamble-and-epilogue", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"around-0001\"\n"),
    "\nIf you can read this, your mail program does not know MIME.\nIt was made "
    "in 1992; ask for a newer one.\n\n--around-0001\nContent-Type: text/plain\n\n"
    "text\n--around-0001--\n\nThat was all.\n")
add("boundary-specials", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"=_?:/.,+()'_-x y=\"\n"),
    "\n--=_?:/.,+()'_-x y=\nContent-Type: text/plain\n\ntext\n"
    "--=_?:/.,+()'_-x y=--\n")
add("boundary-token", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=simple_token-1.2\n"),
    "\n--simple_token-1.2\n\ntext\n--simple_token-1.2--\n")
add("boundary-70", head(more=MIME + "Content-Type: multipart/mixed; boundary=\""
    + "0123456789" * 7 + "\"\n"),
    "\n--" + "0123456789" * 7 + "\n\ntext\n--" + "0123456789" * 7 + "--\n")
add("case-of-everything", head(more="MIME-VERSION: 1.0\nCONTENT-TYPE: Multipart/"
    "MIXED; BOUNDARY=\"Case-0001\"\n"),
    "\n--Case-0001\ncontent-type: TEXT/Plain; CHARSET=US-ascii\ncontent-"
    "transfer-encoding: 7BIT\n\ntext\n--Case-0001\nCONTENT-TYPE: Image/PNG; "
    "NAME=\"A.PNG\"\nCONTENT-TRANSFER-ENCODING: Base64\nCONTENT-DISPOSITION: "
    "Attachment; FILENAME=\"A.PNG\"\n\n", b64(PNG), "--Case-0001--\n")
add("version-comment", head(more="MIME-Version: 1.0 (produced by pump 1.0)\n"
    "Content-Type: text/plain; charset=us-ascii\n"), "\n", PROSE)
add("no-version", head(more="Content-Type: multipart/mixed; boundary=\"nover\"\n"),
    "\n--nover\nContent-Type: text/plain\n\ntext\n--nover--\n")
add("base64-lines-of-60", head(more=MIME + "Content-Type: image/png\n"
    "Content-Transfer-Encoding: base64\n"), "\n", b64(PNG, 60))
add("base64-one-line", head(more=MIME + "Content-Type: application/pdf\n"
    "Content-Transfer-Encoding: base64\n"), "\n", b64(PDF, 10000))
add("base64-without-end", head(more=MIME + "Content-Type: application/zip\n"
    "Content-Transfer-Encoding: base64\n"), "\n", b64(ZIP).rstrip("\n"))
add("base64-blank-lines-behind", head(more=MIME + "Content-Type: application/"
    "zip; name=a.zip\nContent-Transfer-Encoding: base64\n"), "\n", b64(ZIP),
    "\n\n\n")
add("base64-spaces-behind-lines", head(more=MIME + "Content-Type: image/png\n"
    "Content-Transfer-Encoding: base64\n"), "\n", b64(PNG).replace("\n", " \n"))
add("qp-table", head(more=MIME + "Content-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n"),
    "\n", qp("a = 1\nb == 2\n\ttab\nend of line \nlast" + "=" * 90 + "\n"))
add("qp-lf", head(more=MIME + "Content-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n"),
    "\n", qp("Grüße, und eine lange Zeile, die umgebrochen werden muss, weil sie"
             " länger als 76 Zeichen ist\n"), lf=True)
add("multipart-lf", head(more=MIME + "Content-Type: multipart/mixed; boundary="
    "\"lf-0001\"\n"),
    "\n--lf-0001\nContent-Type: text/plain\n\ntext\n\n--lf-0001\nContent-Type: "
    "application/pdf;\n\tname=\"a.pdf\"\nContent-Transfer-Encoding: base64\n\n",
    b64(PDF), "--lf-0001--\n", lf=True)
add("groups-and-addresses", head(
    sender="\"Keller, Marta\" <marta@example.com>",
    to="undisclosed-recipients:;", more="Cc: Team: a@example.com, \"B, C\" "
    "<bc@example.com>;, jon@example.net (Jon)\nReply-To: <marta@example.com>\n"),
    "\n", PROSE)
add("many-received", "".join(
    f"Received: from mx{i}.example.com (mx{i}.example.com [192.0.2.{i}])\n\tby "
    f"mx{i + 1}.example.com (Postfix) with ESMTP id {i:010X}\n\tfor <jon@example."
    "net>; Tue, 14 Nov 2023 12:00:00 +0100 (CET)\n" for i in range(20)),
    head(), "\n", PROSE)
