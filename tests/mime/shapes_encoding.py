# SPDX-License-Identifier: ISC
"""Shapes of transfer encodings: the field, base64, quoted-printable, and files
in texts."""
from shape import (BASE64, EICAR, ENCODING, FLAT, LONE, NAME, PIECE, TYPE,
                   Family, attachment, b64, encoded, qp, top, uu, uu_lines,
                   yenc)

family = Family()
part = family.part
CTE = "Content-Transfer-Encoding: "
QP = "quoted-printable"
PLAIN = "Content-Type: text/plain\n"
CLEAR = EICAR.decode() + "\n"


def cte(name, value, strict=None, reported="", body=BASE64, **more):
    part(name, encoded(value, body), strict, reported, **more)


def lines(name, body, strict=None, reported="", **more):
    """That as base64."""
    part(name, attachment(body), strict, reported, **more)


def quoted(name, body, strict=None, reported="", **more):
    part(name, encoded(QP, body), strict, reported, **more)


def text(name, body, reported="uuencode-in-text", kind="text/plain", **more):
    """A message that is one text."""
    family.add(name, top(kind) + "\nHello.\n\n" + body, None, reported, **more)
    family.parts[name] = f"Content-Type: {kind}\n\nHello.\n\n{body}"


# The field.
part("cte-missing", attachment(encoding=""), None, "encoding-undeclared",
     row=101, n=0, clamd=False)
cte("cte-quoted", '"base64"', None, "encoding-odd", row=102, n=7, clamd=True)
cte("cte-comment-first", "(coded) base64", "2", "encoding-odd", row=103, n=12,
    clamd=True)
cte("cte-param", "base64; x=y", "2", "encoding-odd", row=104, n=12, clamd=True)
cte("cte-junk-first", "coded base64", None, "encoding-odd", row=105, n=2,
    clamd=True)
cte("cte-prefix", "base64x", None, "encoding-unknown", row=106, n=4, clamd=True)
cte("cte-b", "B", None, "encoding-unknown", row=107, n=0, clamd=True)
cte("cte-unknown", "coded", None, "encoding-unknown", row=108, n=0, clamd=True)
part("cte-dup-same", attachment(encoding=ENCODING + ENCODING), "2",
     "encoding-duplicate", row=109, n=27, clamd=True)
part("cte-dup-7last", attachment(encoding=ENCODING + CTE + "7bit\n"), "2",
     "encoding-conflict", row=110, n=17, clamd=True)
part("cte-dup-b64-qpbody", attachment(qp(EICAR), encoding=CTE + QP + "\n"
     + ENCODING), "2", "encoding-conflict", row=111, n=17, clamd=True)
cte("cte-uuencode", "x-uuencode", "2", "encoding-nonstandard", uu(), row=112,
    n=12, clamd=True)
cte("cte-xuu", "x-uue", "2", "encoding-nonstandard", uu(), row=113, n=8,
    clamd=True)
part("cte-in-ct", attachment(type=TYPE[:-1]
     + "; content-transfer-encoding=base64\n", encoding=""), None,
     "encoding-undeclared", row=114, n=0, clamd=False)
cte("cte-binary", "binary", "2", "", EICAR.decode() + "\n", row=115, n=29,
    clamd=True)
cte("cte-two-words", "base64 7bit", "2", "encoding-odd")
cte("cte-two-words-last", "7bit base64", None, "encoding-odd")
cte("cte-comma", "base64, 7bit", "2", "encoding-odd")
cte("cte-semicolon", "base64;", "2", "encoding-odd")
cte("cte-comment-last", "base64 (coded)", "2")
cte("cte-comment-in", "base(x)64", None)
cte("cte-empty", "", None, "encoding-odd", beyond=True)
cte("cte-x-base64", "x-base64", None, "encoding-unknown")
cte("cte-base-64", "base-64", None, "encoding-unknown")
cte("cte-single-quoted", "'base64'", None)
cte("cte-8bit-word", "base64\u00a0", None)
cte("cte-ew", "=?us-ascii?Q?base64?=", None)
cte("cte-upper", "BASE64", "2")
cte("cte-spaces", "  base64 \t", "2")
cte("cte-unknown-qp", "coded", None, "encoding-unknown", qp(EICAR))
cte("cte-unknown-uu", "coded", None, "encoding-unknown", uu())
cte("cte-quoted-printable-word", "quotedprintable", None, "encoding-unknown",
    qp(EICAR))
cte("cte-7bit-base64", "7bit", None, "encoding-undeclared", beyond=True)
cte("cte-7bit-uu", "7bit", None, "uuencode-in-text", uu())
cte("cte-qp-over-base64", QP, None, "", b64(EICAR), beyond=True)
cte("cte-base64-over-uu", "base64", None, "", uu())
cte("cte-x-uu", "x-uu", "2", "encoding-nonstandard", uu())
cte("cte-uu", "uuencode", "2", "encoding-nonstandard", uu())
cte("cte-yencode", "x-yencode", "2", "encoding-nonstandard", yenc())
part("cte-last", attachment(encoding=CTE + "7bit\n" + ENCODING), None,
     "encoding-conflict")
part("cte-last-8bit", attachment(encoding=CTE + "8bit\n" + ENCODING), None,
     "encoding-conflict")
part("cte-last-qp", attachment(encoding=CTE + QP + "\n" + ENCODING), None,
     "encoding-conflict")
part("cte-first-qpbody", attachment(qp(EICAR), encoding=ENCODING + CTE + QP
     + "\n"), None, "encoding-conflict")
part("cte-three", attachment(encoding=CTE + "7bit\n" + CTE + "8bit\n"
     + ENCODING), None, "encoding-conflict")
part("cte-apart", CTE + "7bit\n" + attachment(), None, "encoding-conflict")
part("cte-content-encoding", attachment(encoding="Content-Encoding: base64\n"),
     None, "encoding-undeclared", beyond=True)

# base64.
lines("b64-long76", FLAT + "\n", "2", row=116, n=29, clamd=True)
lines("b64-nopad", b64(EICAR).replace("=", ""), "2", "base64-pad-missing",
      row=117, n=15, clamd=True)
lines("b64-bad-first", "!" + BASE64, "2", "base64-bad-char", row=118, n=22,
      clamd=True)
lines("b64-blank", FLAT[:40] + "\n\n" + FLAT[40:] + "\n", "2",
      "base64-blank-line", row=119, n=29, clamd=True)
lines("b64-space", " ".join((FLAT[:10], FLAT[10:33], FLAT[33:])) + "\n", "2",
      "base64-bad-char", row=120, n=25, clamd=True)
lines("b64-nul", FLAT[:30] + "\0" + FLAT[30:] + "\n", "2",
      "base64-bad-char body-nul", row=121, n=22, clamd=True)
lines("b64-concat", b64(EICAR[:34]) + b64(EICAR[34:]), None,
      "base64-pad-inside", row=122, n=8, clamd=False)
lines("b64-eq-line", FLAT[:48] + "\n====\n" + FLAT[48:] + "\n", None,
      "base64-pad-inside", row=123, n=11, clamd=True)
lines("b64-concat-benign", PIECE + BASE64, None, "base64-pad-inside", row=124,
      n=7, clamd=False)
lines("b64-footer", BASE64 + "\n--\nA list for everybody\n", "2",
      "base64-trailing", row=125, n=26, clamd=True)
lines("b64-url", b64(EICAR + b"\n" + b"\xfb\xef\xbe\xff\xff\xff").replace(
      "+", "-").replace("/", "_"), "2", "base64-bad-char", row=126, n=26,
      clamd=True, inside=True)
lines("b64-stray1", FLAT + "A\n", "2", "base64-trailing", row=127, n=25,
      clamd=True)
lines("b64-eq-group", FLAT[:4] + "=" + FLAT[4:] + "\n", None,
      "base64-pad-inside", row=128, n=11, clamd=False)
lines("b64-barelf", b64(EICAR, 40, LONE), "2", "bare-lf", row=129, n=29,
      clamd=True)
lines("b64-uum", f"begin-base64 644 {NAME}\n{BASE64}====\n", None,
      "base64-bad-char", row=130, n=2, clamd=False)
lines("b64-bad-many", "".join(FLAT[i:i + 5] + "*" for i in range(0, 92, 5))
      + "\n", "2", "base64-bad-char", row=131, n=22, clamd=True)
lines("b64-longline", "A" * 1100 + "\n" + BASE64, "2", "line-long", row=132,
      n=29, clamd=True, inside=True)
for at in range(1, 9):
    lines(f"b64-eq-at{at}", FLAT[:at] + "=" + FLAT[at:] + "\n", None,
          "base64-pad-inside")
    lines(f"b64-eqeq-at{at}", FLAT[:at] + "==" + FLAT[at:] + "\n", None,
          "base64-pad-inside")
for at in 40, 41, 42, 43, 88:
    lines(f"b64-eq-at{at}", FLAT[:at] + "=" + FLAT[at:] + "\n", None,
          "base64-pad-inside")
lines("b64-eq-first", "=" + BASE64, None, "base64-pad-inside")
lines("b64-eq-many-first", "====\n" + BASE64, None, "base64-pad-inside")
lines("b64-eq-each", "".join(FLAT[i:i + 4] + "=" for i in range(0, 92, 4))
      + "\n", None, "base64-pad-inside")
lines("b64-skip", FLAT[:2] + "=" + FLAT[2:50] + "=" + FLAT[50:] + "\n", None,
      "base64-pad-inside")
lines("b64-pieces", "".join(b64(EICAR[i:i + 7]) for i in range(0, 68, 7)),
      None, "base64-pad-inside")
lines("b64-concat-two", PIECE + PIECE + BASE64, None, "base64-pad-inside")
lines("b64-concat-blank", PIECE + "\n" + BASE64, None, "base64-pad-inside")
lines("b64-prose-first", "This is the file\n\n" + BASE64)
lines("b64-prose-shift", "This is a file\n\n" + BASE64)
lines("b64-prose-colon", "X-Note: here it is\n\n" + BASE64)
lines("b64-four-junk", "!!!!" + BASE64, "2", "base64-bad-char")
lines("b64-8bit-junk", FLAT[:33] + "\u00e9" + FLAT[33:] + "\n", "2",
      "base64-bad-char")
lines("b64-dash-junk", FLAT[:33] + "-" + FLAT[33:] + "\n", "2",
      "base64-bad-char")
lines("b64-tab-lines", FLAT[:40] + "\n\t" + FLAT[40:] + "\n", "2")
lines("b64-width1", b64(EICAR, 1), "2")
lines("b64-width3", b64(EICAR, 3), "2")
lines("b64-cr-lines", b64(EICAR, 40, "\r"), "2")
lines("b64-crcrlf", b64(EICAR, 40, "\r\n"), "2")
lines("b64-pad-three", FLAT + "==\n", "2", "base64-pad-odd")
lines("b64-nopad-footer", b64(EICAR).replace("=", "") + "\n_______\nA list\n",
      "2", inside=True)
lines("b64-url-bytes", b64(EICAR + b"\n\xff\xff\xfe" * 8).replace(
      "/", "_"), "2", inside=True)
lines("b64-comment", "(" + FLAT[:40] + ")\n" + FLAT[40:] + "\n", "2",
      "base64-bad-char")
lines("b64-in-b64", b64(BASE64.encode()), beyond=True)
quoted("b64-in-qp", BASE64, beyond=True)
lines("b64-uum-blank", f"begin-base64 644 {NAME}\n\n{BASE64}====\n")
lines("b64-delimiter-like", FLAT[:40] + "\n--*\n" + FLAT[40:] + "\n", "2",
      "boundary-in-encoded")
lines("b64-fields-inside", "Content-Type: x\n\n" + BASE64, "2", inside=True)
lines("b64-dot-line", FLAT[:40] + "\n.\n" + FLAT[40:] + "\n", "2",
      "base64-bad-char")

# Quoted-printable.
ALL = "".join(f"={byte:02X}" for byte in EICAR)
HALF = 3 * 34  # of ALL
quoted("qp-all", ALL + "\n", "2", "qp-line-long", row=133, n=29, clamd=True)
quoted("qp-soft-space", ALL[:HALF] + "= \n" + ALL[HALF:] + "\n", "2",
       "qp-soft-break-space", row=134, n=11, clamd=False)
quoted("qp-soft-cr", ALL[:HALF] + "=\r" + ALL[HALF:] + "\n", None,
       "bare-cr qp-bad-escape", row=135, n=11, clamd=True)
quoted("qp-eq-end", ALL + "=\n", "2", row=136, n=28, clamd=True)
quoted("qp-eqeq", ALL[:HALF] + "==\n" + ALL[HALF:] + "\n", None,
       "qp-bad-escape", row=137, n=1, clamd=False)
quoted("qp-split-mid", ALL[:HALF + 2] + "=\n" + ALL[HALF + 2:] + "\n", None,
       "qp-bad-escape", row=138, n=6, clamd=False)
quoted("qp-double", qp(qp(EICAR).encode()), None, "", row=139, n=0,
       clamd=False)
quoted("qp-8bit", "\u00e9" + ALL + "\n", "2", "qp-8bit", row=140, n=27,
       clamd=True, inside=True)
quoted("qp-lower", ALL.lower() + "\n", "2", "qp-lowercase")
quoted("qp-soft-tab", ALL[:HALF] + "=\t\n" + ALL[HALF:] + "\n", "2",
       "qp-soft-break-space")
quoted("qp-soft-many-spaces", ALL[:HALF] + "=  \t \n" + ALL[HALF:] + "\n", "2",
       "qp-soft-break-space")
quoted("qp-cr", ALL[:30] + "=\r" + ALL[30:90] + "=\r" + ALL[90:] + "\n", None,
       "bare-cr")
quoted("qp-crcrlf", ALL[:HALF] + "=\r\n" + ALL[HALF:] + "\n")
quoted("qp-soft-lf", ALL[:HALF] + "=" + LONE + ALL[HALF:] + "\n", "2")
quoted("qp-split-first", ALL[:HALF + 1] + "=\n" + ALL[HALF + 1:] + "\n", None,
       "qp-bad-escape")
quoted("qp-split-soft-space", ALL[:HALF + 2] + "= \n" + ALL[HALF + 2:] + "\n")
quoted("qp-soft-each", "".join(ALL[i:i + 3] + "=\n"
                               for i in range(0, len(ALL), 3)) + "\n", "2")
quoted("qp-eqeqeq", ALL[:HALF] + "===\n" + ALL[HALF:] + "\n")
quoted("qp-nul", ALL[:HALF] + "=\0\n" + ALL[HALF:] + "\n", beyond=True)
quoted("qp-bad-hex", "=ZZ\n" + ALL + "\n", "2", "qp-bad-escape", inside=True)
quoted("qp-trailing", EICAR.decode().replace("=", "=3D") + " \t\n", "2",
       "qp-trailing-space")
quoted("qp-clear", EICAR.decode() + "\n", "2")
quoted("qp-soft-empty", "=\n=\n" + ALL + "\n", "2")

# Files in texts.
text("uu-text", uu(), row=141, n=3, clamd=True)
text("uu-mode4", uu(begin=f"begin 0644 {NAME}\n"), row=142, n=3, clamd=False)
text("uu-noend", uu(end=""), "uuencode-in-text uuencode-unterminated", row=143,
     n=2, clamd=True)
text("uu-indent", uu(begin=f" begin 644 {NAME}\n"), "uuencode-odd", row=144,
     n=0, clamd=False)
text("uu-quoted", uu(begin=f'begin 644 "{NAME}"\n'), row=145, n=3, clamd=True)
text("uu-html", uu(), kind="text/html", row=146, n=2, clamd=True)
text("uu-yenc", yenc(), "yenc-in-text", row=147, n=2, clamd=False)
text("uu-nomode", uu(begin=f"begin {NAME}\n"), "uuencode-odd")
text("uu-mode5", uu(begin=f"begin 00644 {NAME}\n"), "uuencode-odd")
text("uu-mode-two", uu(begin=f"begin 64 {NAME}\n"), "uuencode-odd")
text("uu-noname", uu(begin="begin 644\n"), "")
text("uu-tab", uu(begin=f"begin\t644\t{NAME}\n"), "")
text("uu-space", uu(begin=f"begin 644 my {NAME}\n"))
text("uu-spaces", uu(begin=f"begin  644  {NAME}\n"), "")
text("uu-upper", uu(begin=f"BEGIN 644 {NAME}\n"), "", beyond=True)
text("uu-base64", f"begin-base64 644 {NAME}\n{BASE64}====\n", "")
text("uu-base64-quoted", f'begin-base64 0644 "{NAME}"\n{BASE64}====\n', "")
text("uu-quoted-mail", "> " + uu().replace("\n", "\n> ")[:-2], "", beyond=True)
text("uu-blank-zero", uu().replace("`", " "))
text("uu-end-only", uu(end="end\n"))
text("uu-two", uu(b"harmless\n", "begin 644 a.txt\n") + "\n" + uu())
text("uu-joined", uu(b"harmless\n", "begin 644 a.txt\n", "`\nend\n") + uu())
text("uu-in-uu", uu(b"harmless\n", "begin 644 a.txt\n", "") + uu())
text("uu-long-lines", f"begin 644 {NAME}\n" + "".join(
    line + "X\n" for line in uu_lines(EICAR).split("\n")[:-1]) + "`\nend\n")
text("uu-padded-lines", f"begin 644 {NAME}\n" + "".join(
    line + "   \n" for line in uu_lines(EICAR).split("\n")[:-1]) + "`\nend\n")
text("uu-yenc-part", yenc(
    begin=f"=ybegin part=1 total=1 line=128 size=68 name={NAME}\n"
    "=ypart begin=1 end=68\n", end="=yend size=68 part=1\n"), "yenc-in-text")
text("uu-yenc-noend", yenc(end="\n"), "yenc-in-text")
text("uu-yenc-html", yenc(), "yenc-in-text", kind="text/html")
text("uu-octet", uu(), "", kind="application/octet-stream")
part("uu-second-part", PLAIN + "\n" + uu(), None, "uuencode-in-text")
part("uu-qp-text", PLAIN + CTE + QP + "\n\n" + uu().replace("=", "=3D"), None)
part("uu-b64-text", PLAIN + ENCODING + "\n" + b64(uu().encode()), None)
