# SPDX-License-Identifier: ISC
"""Shapes of header fields: lines, folds, and the three Content- fields as a
whole.  Parameters are in shapes_params.py, names in shapes_names.py."""
from shape import (DISPOSITION, ENCODING, FIELDS, HELLO, LONE, MIXED, NAME,
                   OTHER, BASE64, TYPE, VERSION, Family, attachment, enclose,
                   inner, mixed, multi, qp, top, EICAR)

family = Family()
add, part = family.add, family.part

PLAIN_TYPE = "Content-Type: application/octet-stream\n"


def field(name):
    """The attachment, its encoding field called so."""
    return attachment(encoding=f"{name}: base64\n")


# Ordinary mail, in which everybody finds the file.
add("ok-mixed", mixed, "2", row=1, n=29, clamd=True)
part("ok-qp", attachment(qp(EICAR), encoding="Content-Transfer-Encoding: "
                         "quoted-printable\n"), row=2, n=29, clamd=True)
add("ok-single", FIELDS + VERSION + attachment(), "1", row=3, n=29, clamd=True)
add("ok-nested", lambda a: top() + "\n" + enclose([multi([HELLO, a], "b2")]),
    "1.2", row=4, n=29, clamd=True)
add("ok-rfc822", lambda a: mixed("Content-Type: message/rfc822\n\n" + inner(a)),
    "2.2", row=5, n=24, clamd=True)
part("ok-2231", attachment(
    type=PLAIN_TYPE, disposition="Content-Disposition: attachment; "
    "filename*=utf-8''eicar%2Ecom\n"), row=6, n=29, clamd=True, names=[NAME])
part("ok-cont", attachment(
    type=PLAIN_TYPE, disposition="Content-Disposition: attachment; "
    'filename*0="eicar"; filename*1=".com"\n'), row=7, n=29, clamd=True,
    names=[NAME])
part("ok-fold", attachment(
    type=f"Content-Type: application/octet-stream;\n\tname={NAME}\n",
    disposition=f"Content-Disposition: attachment;\n filename={NAME}\n"),
    row=8, n=29, clamd=True, names=[NAME])

# Lines and folds.
add("hdr-nomimeversion", lambda a: top(version="") + "\n"
    + enclose([HELLO, a]), "2", "mime-version-missing", row=9, n=28, clamd=True)
add("hdr-mimeversion-comment", lambda a: top(
    version="MIME-Version: (made by hand) 1.0 (really)\n") + "\n"
    + enclose([HELLO, a]), "2", row=10, n=29, clamd=True)
part("hdr-space-colon", field("Content-Transfer-Encoding "), "2",
     "header-space-colon", row=11, n=15, clamd=True)
part("hdr-junk-line", attachment(before="this line is no field\n"), "2",
     "header-junk-line", row=12, n=21, clamd=True)
part("hdr-lead-fold", attachment(before=" X-First: a field\n"), "2",
     "header-leading-fold", row=13, n=22, clamd=True)
part("hdr-fold-blank-ct", attachment(
    type=f'Content-Type: application/octet-stream;\n \n name="{NAME}"\n'), "2",
    "header-fold-blank", row=14, n=27, clamd=False)
part("hdr-fold-colon", attachment(
    encoding="Content-Transfer-Encoding\n: base64\n"), None,
    "header-junk-line", row=15, n=1, clamd=False)
part("hdr-fold-many", attachment(
    encoding="Content-Transfer-Encoding:\n \n \n base64\n"), "2",
    "header-fold-blank", row=16, n=22, clamd=False)
add("hdr-bare-cr-end", mixed((TYPE + ENCODING + DISPOSITION)[:-1]
    + "\r\r" + BASE64), None, "header-bare-cr", row=17, n=9, clamd=True)
part("hdr-nul-name", field("Content-Transfer\0-Encoding"), None, "header-nul",
     row=18, n=1, clamd=True)
part("hdr-nul-mid", attachment(
    disposition='Content-Disposition: attachment; filename="eicar\0.com"\n'),
    "2", "header-nul", row=19, n=29, clamd=True)
part("hdr-long", attachment(type="Content-Type: application/octet-stream; x="
    + "y" * 1200 + f'; name="{NAME}"\n'), "2", "header-line-long", row=20,
    n=28, clamd=True)
part("hdr-big", attachment(before="".join(
    f"X-Filler-{i}: {'z' * 60}\n" for i in range(1150))), "2", row=21, n=28,
    clamd=True, limit=True)
part("hdr-blank-first", "\n" + attachment(), None, "header-after-body",
     row=22, n=3, clamd=True)
part("hdr-name-case", attachment(
    type=f'cOnTeNt-tYpE: APPLICATION/Octet-Stream; NAME="{NAME}"\n',
    encoding="CONTENT-TRANSFER-ENCODING: BASE64\n",
    disposition=f'content-disposition: ATTACHMENT; FileName="{NAME}"\n'),
    row=23, n=28, clamd=True, names=[NAME])
part("hdr-from-line", attachment(
    before="From anne@example.net Fri Nov 20 12:00:00 2026\n"), "2",
    "header-junk-line", row=24, n=26, clamd=True)
part("hdr-ew-ct", attachment(
    type="Content-Type: =?us-ascii?Q?application/octet-stream?=; "
    f'name="{NAME}"\n'), "2", "header-encoded-word", row=25, n=29, clamd=True)

# Content-Type as a whole.
add("ct-dup-mp-first", lambda a: mixed(a, more="Content-Type: text/plain\n"),
    "2", "content-type-conflict", row=26, n=22, clamd=True)
part("ct-dup-same", attachment(type=TYPE + TYPE), "2", "content-type-duplicate",
     row=27, n=28, clamd=True)
add("ct-dup-bnd-first", lambda a: top(
    more='Content-Type: multipart/mixed; boundary="b2"\n') + "\n"
    + enclose([HELLO, a]) + enclose([OTHER], "b2"), "2",
    "content-type-conflict boundary-conflict", row=28, n=19, clamd=True)
part("ct-empty", attachment(type="Content-Type:\n"), "2",
     "content-type-malformed", row=29, n=28, clamd=True)
add("ct-noslash-mp", lambda a: mixed(a, 'multipart; boundary="b1"'), None,
    "content-type-malformed", row=30, n=11, clamd=True)
add("ct-comment", lambda a: mixed(
    a, '(x) multipart (y) / (z) mixed (a) ; (b) boundary (c) = (d) "b1" (e)'),
    "2", "content-type-comment", row=31, n=9, clamd=True)
add("ct-comment-value", lambda a: mixed(
    a, "multipart/mixed; boundary=b1(the boundary)"), "2",
    "content-type-comment", row=32, n=14, clamd=True)
add("ct-text-with-bnd", lambda a: mixed(a, 'text/plain; boundary="b1"'), None,
    "boundary-on-leaf", row=33, n=5, clamd=True)
add("ct-semicolon-two", lambda a: mixed(
    a, 'multipart/mixed;; ; boundary="b1";;'), "2", "param-junk", row=34, n=22,
    clamd=True)
add("ct-comma", lambda a: mixed(a, 'multipart/mixed, boundary="b1"'), None,
    "param-junk", row=35, n=8, clamd=True)
add("ct-trail-junk", lambda a: mixed(
    a, 'multipart/mixed; boundary="b1" and more'), "2", "param-junk", row=36,
    n=17, clamd=True)
part("ct-none-part", attachment(type=""), row=37, n=28, clamd=True)
part("cd-dup-name", attachment(
    disposition='Content-Disposition: attachment; filename="note.txt"\n'
    + DISPOSITION), "2", "content-disposition-conflict name-conflict", row=38,
    n=28, clamd=True, names=[NAME, "note.txt"])
part("cd-inline", attachment(
    disposition=f'Content-Disposition: inline; filename="{NAME}"\n'), row=39,
    n=29, clamd=True, names=[NAME])
part("cd-missing-type", attachment(
    disposition=f'Content-Disposition: filename="{NAME}"\n'), "2",
    "content-disposition-malformed", row=40, n=29, clamd=True)
add("ct-mp-base64", lambda a: mixed(
    ENCODING + multi([a], "b2")), "2.1", "multipart-encoded", row=41, n=29,
    clamd=True)
add("ct-mp-qp", lambda a: mixed(
    a, more="Content-Transfer-Encoding: quoted-printable\n"), "2",
    "multipart-encoded", row=42, n=29, clamd=True)

# What was not measured: the other way round, elsewhere, more of it.
add("hdr-lead-fold-ct", lambda a: mixed(
    " X-First: a field\n" + multi([a], "b2")), "2.1", "header-leading-fold")
part("hdr-bom", attachment(before="\u00ef\u00bb\u00bf"), "2")
add("hdr-bom-top", lambda a: "\u00ef\u00bb\u00bf" + mixed(a), "2")
part("hdr-cr-fields", (TYPE + ENCODING + DISPOSITION).replace("\n", "\r")[:-1]
     + "\n\n" + BASE64, None, "header-bare-cr")
part("hdr-cr-one-field", attachment(
    encoding="X-A: b\rContent-Transfer-Encoding: base64\n"), None,
    "header-bare-cr")
part("hdr-crcr-fields", attachment(
    encoding="Content-Transfer-Encoding: base64\r\n"), "2", "header-bare-cr")
part("hdr-underscore", field("Content_Transfer_Encoding"), None,
     "header-name-odd")
part("hdr-name-comment", field("Content-Transfer-Encoding(x)"), None,
     "header-name-odd")
part("hdr-name-folded", attachment(
    encoding="Content-Transfer-\n Encoding: base64\n"), None,
    "header-junk-line")
part("hdr-fold-colon-space", attachment(
    encoding="Content-Transfer-Encoding\n : base64\n"), None,
    "header-junk-line")
part("hdr-tab-colon", field("Content-Transfer-Encoding\t"), "2",
     "header-space-colon")
part("hdr-space-colon-ct", attachment(
    type=TYPE.replace("Content-Type:", "Content-Type :")), "2",
    "header-space-colon")
add("hdr-space-colon-mp", lambda a: mixed(
    multi([a], "b2").replace("Content-Type:", "Content-Type :", 1)), "2.1",
    "header-space-colon")
part("hdr-no-space-after", field("X-A:b\nContent-Transfer-Encoding").replace(
    "Encoding: base64", "Encoding:base64"), "2")
part("hdr-junk-mid", attachment(encoding="no field here\n" + ENCODING), "2",
     "header-junk-line")
part("hdr-junk-last", attachment(disposition=DISPOSITION + "no field here\n"),
     "2", "header-junk-line")
add("hdr-junk-mp", lambda a: mixed("no field here\n" + multi([a], "b2")), "2.1",
    "header-junk-line")
part("hdr-colon-first", attachment(before=": no name\n"), "2")
part("hdr-fold-value", attachment(
    encoding="Content-Transfer-Encoding:\n base64\n"), "2")
part("hdr-fold-tab-value", attachment(
    encoding="Content-Transfer-Encoding:\n\tbase64\n"), "2")
part("hdr-fold-blank-cte", attachment(
    encoding="Content-Transfer-Encoding:\n \n base64\n"), "2",
    "header-fold-blank")
part("hdr-fold-blank-end", attachment(
    type=TYPE[:-1] + "\n \t\n"), "2", "header-fold-blank")
part("hdr-fold-blank-tab", attachment(
    disposition=f'Content-Disposition: attachment;\n\t\n\tfilename="{NAME}"\n'),
    "2", "header-fold-blank")
add("hdr-fold-blank-top", lambda a: mixed(
    a, 'multipart/mixed;\n \n boundary="b1"'), "2", "header-fold-blank")
add("hdr-fold-blank-other", lambda a: mixed(a, more="X-Note: a\n \n b\n"), "2",
    "header-fold-blank")
add("hdr-fold-blank-nested", lambda a: mixed(multi([a], "b2").replace(
    "mixed; ", "mixed;\n \n ")), "2.1", "header-fold-blank")
add("hdr-fold-blank-822", lambda a: mixed(
    "Content-Type: message/rfc822\n\n" + inner(a).replace(
        "mixed; ", "mixed;\n \n ")), "2.2", "header-fold-blank")
part("hdr-fold-lf", attachment(
    encoding=f"Content-Transfer-Encoding:{LONE} base64\n"), "2",
    "header-bare-lf")
part("hdr-lf-end", (TYPE + ENCODING + DISPOSITION)[:-1] + LONE + LONE + BASE64,
     "2", "header-bare-lf")
part("hdr-blank-space-end", TYPE + ENCODING + DISPOSITION + "X-A: b\n \n"
     + "\n" + BASE64, "2", "header-fold-blank")
part("hdr-nul-value", field("Content-Transfer-Encoding").replace(
    "base64", "base64\0x"), None, "header-nul")
part("hdr-nul-before-value", field("Content-Transfer-Encoding").replace(
    "base64", "\0base64"), None, "header-nul")
add("hdr-nul-boundary", lambda a: mixed(multi([a], "b2").replace(
    '"b2"', '"b2\0x"')), None, "header-nul")
part("hdr-8bit-before", attachment(before="X-Note: gr\u00fc\u00dfe\n"), "2",
     "header-8bit-invalid")
part("hdr-control", attachment(before="X-Note: a\x07b\n"), "2",
     "header-control")
part("hdr-blank-first-822", "\n" + multi([attachment()], "b2"), None,
     "header-after-body")
part("hdr-from-quoted", attachment(before=">From anne\n"), "2",
     "header-junk-line")
add("hdr-blank-top-fields", lambda a: FIELDS + "\n" + VERSION
    + f"Content-Type: {MIXED}\n\n" + enclose([HELLO, a]), None,
    "header-after-body")

add("ct-dup-mp-last", lambda a: top("text/plain", more=(
    f"Content-Type: {MIXED}\n")) + "\n" + enclose([HELLO, a]), None,
    "content-type-conflict")
add("ct-dup-bnd-last", lambda a: top(
    'multipart/mixed; boundary="b2"', more=f"Content-Type: {MIXED}\n") + "\n"
    + enclose([HELLO, a]) + enclose([OTHER], "b2"), None,
    "content-type-conflict boundary-conflict")
add("ct-dup-nested-last", lambda a: mixed(
    "Content-Type: text/plain\n" + multi([a], "b2")), None,
    "content-type-conflict")
add("ct-dup-octet-last", lambda a: mixed(
    TYPE + multi([a], "b2")), None, "content-type-conflict")
add("ct-quoted", lambda a: mixed(a, '"multipart/mixed"; boundary="b1"'), None,
    "content-type-malformed")
add("ct-noslash-word", lambda a: mixed(a, 'mixed; boundary="b1"'), None,
    "content-type-malformed")
add("ct-slash-end", lambda a: mixed(a, 'multipart/; boundary="b1"'))
add("ct-space-slash", lambda a: mixed(a, 'multipart / mixed; boundary="b1"'),
    "2")
add("ct-octet-with-bnd", lambda a: mixed(multi([a], "b2").replace(
    "multipart/mixed", "application/octet-stream")), None, "boundary-on-leaf")
add("ct-822-with-bnd", lambda a: mixed(
    'Content-Type: message/rfc822; boundary="b2"\n\n' + inner(a)), "2.2")
add("ct-unknown-mp", lambda a: mixed(a, 'multipart/x-new; boundary="b1"'), "2",
    "multipart-type-unknown")
add("ct-missing-top", lambda a: FIELDS + VERSION + "\n" + enclose([HELLO, a]),
    beyond=True)
add("ct-comment-unclosed", lambda a: mixed(
    a, 'multipart/mixed (a; boundary="b1"'))
add("ct-comment-paren", lambda a: mixed(
    a, r'multipart/mixed; (a \) b) boundary="b1"'), "2", "content-type-comment")
add("ct-trailing-semicolon", lambda a: mixed(
    a, 'multipart/mixed; boundary="b1";'), "2")
add("ct-mp-base64-all", lambda a: mixed(a, more=ENCODING), "2",
    "multipart-encoded")
add("ct-mp-inherit", top(more=ENCODING) + "\n" + enclose([
    HELLO, attachment(encoding="")]), None, "multipart-encoded")
part("cd-dup-first", attachment(disposition=DISPOSITION
    + "Content-Disposition: inline; filename=note.txt\n"), "2",
    "content-disposition-conflict")
part("cd-empty", attachment(disposition="Content-Disposition:\n"), "2",
     "content-disposition-malformed")
part("cd-unknown", attachment(
    disposition=f"Content-Disposition: x-hidden; filename={NAME}\n"), "2")
