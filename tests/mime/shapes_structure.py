# SPDX-License-Identifier: ISC
"""Shapes of delimiters and of line ends."""
from shape import (BASE64, HELLO, LONE, OTHER, TYPE, Family, enclose, mixed,
                   multi, top, uu)

family = Family()
add = family.add


def delimiter(middle, ctype=None, last="--b1--\n"):
    """A message whose attachment has that line before it."""
    return lambda a: (top(ctype or 'multipart/mixed; boundary="b1"')
                      + "\n--b1\n" + HELLO + middle + a + last)


def delimiters(form, boundary="b1"):
    """All delimiters and the close, written in another form."""
    def make(a):
        body = "".join(form("--" + boundary) + "\n" + p for p in (HELLO, a))
        return (top(f'multipart/mixed; boundary="{boundary}"') + "\n" + body
                + form(f"--{boundary}--") + "\n")
    return make


def levels(count, leaf, boundary="n"):
    """A message of so many multiparts, each with one part."""
    text = leaf
    for i in range(count, 0, -1):
        text = multi([text], f"{boundary}{i:03}e")
    first, _, rest = text.partition("\n")
    return top(first.removeprefix("Content-Type: ")) + rest


def mixed_as(boundary, *parts):
    return (top(f'multipart/mixed; boundary="{boundary}"') + "\n"
            + enclose(parts, boundary))


def unclosed(parts, boundary="b2"):
    text = multi(parts, boundary)
    return text[:text.rindex("--" + boundary)]


LONG = "b" * 80
OUTER = top() + "\n"

add("bnd-missing", lambda a: mixed(a, "multipart/mixed"), None,
    "boundary-missing", row=63, n=6, clamd=True)
add("bnd-empty-b1", lambda a: mixed(a, 'multipart/mixed; boundary=""'), None,
    "boundary-empty", row=64, n=8, clamd=True)
add("bnd-long300", delimiters(str, "b" * 300), "2", "boundary-long", row=65,
    n=28, clamd=True)
add("bnd-cut70", lambda a: mixed(
    a, f'multipart/mixed; boundary="{LONG}"', LONG[:70]), None,
    "boundary-long", row=66, n=3, clamd=True)
add("bnd-space-end", delimiters(str, "b1 "), "2", "boundary-space-end", row=67,
    n=24, clamd=True)
add("bnd-space-start", delimiters(str, " b1"), "2", "boundary-odd", row=68,
    n=26, clamd=True)
add("bnd-8bit", delimiters(str, "b\u00e91"), "2",
    "boundary-odd header-8bit-invalid", row=69, n=18, clamd=True)
add("bnd-tail-space", delimiters(lambda line: line + " \t"), "2", row=70, n=25,
    clamd=True)
add("bnd-tail-text-all", lambda a: OUTER + "".join(
    f"--b1 tail\n{p}" for p in (HELLO, a)) + "--b1-- tail\n", None,
    "boundary-near-miss boundary-unused", row=71, n=9, clamd=True)
add("bnd-tail-dash3", lambda a: OUTER + enclose([HELLO, OTHER], close="---")
    + f"--b1\n{a}--b1--\n", "3", "boundary-near-miss", row=72, n=17, clamd=True)
add("bnd-lead-space", delimiter(" --b1\n"), None, "boundary-near-miss", row=73,
    n=2, clamd=False)
add("bnd-lead-lf", lambda a: OUTER + "--b1\n" + HELLO[:-1] + LONE + "--b1\n"
    + a + "--b1--\n", "2", "bare-lf", row=74, n=27, clamd=True)
add("bnd-end-cr", delimiter("--b1\r"), None, "boundary-near-miss bare-cr",
    row=75, n=18, clamd=True)
add("bnd-onedash", delimiters(lambda line: line[1:]), None,
    "boundary-near-miss boundary-unused", row=76, n=2, clamd=True)
add("bnd-case", lambda a: mixed(a, boundary="B1"), None,
    "boundary-near-miss boundary-unused", row=77, n=4, clamd=True)
add("bnd-prefix-outer", lambda a: mixed_as("b1x", multi([HELLO, a], "b1")),
    "1.2", "boundary-prefix", row=78, n=29, clamd=True)
add("bnd-same-nested2", lambda a: OUTER + "--b1\n" + HELLO + "--b1\n"
    + multi([OTHER]) + "--b1\n" + a, "3", "boundary-reused", row=79, n=28,
    clamd=True)
add("bnd-noclose-nonl", lambda a: (OUTER + f"--b1\n{HELLO}--b1\n{a}")[:-1],
    "2", "boundary-unterminated", row=80, n=24, clamd=True)
add("bnd-noclose-inner", lambda a: OUTER + enclose([unclosed([HELLO]), a]),
    "2", "boundary-unterminated", row=81, n=28, clamd=True)
add("bnd-after-close-inner", lambda a: OUTER + enclose([
    multi([HELLO], "b2") + f"--b2\n{a}"]), None, "boundary-after-close",
    row=82, n=5, clamd=True)
add("bnd-unused", lambda a: OUTER + a, None, "boundary-unused", row=83, n=2,
    clamd=True)
add("bnd-first-noblank", lambda a: top() + enclose([HELLO, a]), "1",
    "part-no-blank-line", row=84, n=21, clamd=True)
add("bnd-epilogue", lambda a: OUTER + enclose([HELLO]) + "\n" + a, None,
    "epilogue-content", row=85, n=2, clamd=False)
add("bnd-preamble-uu", OUTER + uu() + "\n" + enclose([HELLO]), None,
    "preamble-content uuencode-in-text", row=86, n=1, clamd=True)
add("bnd-in-hdr", lambda a: OUTER + enclose([HELLO, TYPE, a]), "3",
    "part-no-blank-line", row=87, n=24, clamd=True)
add("bnd-many-1200", lambda a: OUTER + enclose([HELLO] * 1200 + [a]), None,
    "limit-parts", row=88, n=24, clamd=True)
add("bnd-blank-epilogue-mp", lambda a: OUTER + enclose([HELLO]) + "\n"
    + enclose([OTHER, a]), None, "boundary-reused", row=185, n=7, clamd=True)


LONG_LINE = "x" * 1100 + "\n"
add("lin-nul-body", lambda a: OUTER + enclose([
    HELLO.replace("Hello", "Hel\0lo"), a]), "2", "body-nul", row=175, n=29,
    clamd=True)
add("lin-long", lambda a: OUTER + enclose([HELLO + LONG_LINE, a]), "2",
    "line-long", row=176, n=29, clamd=True)
add("lin-long-bnd-2048", delimiter("x" * 2048 + "--b1\n"), None,
    "line-long boundary-near-miss", row=177, n=2, clamd=False)
add("lin-dot", lambda a: OUTER + enclose([HELLO + ".\n..\nx\n", a]), "2",
    row=178, n=29, clamd=True)
add("lin-mixed", lambda a: OUTER + enclose([
    HELLO + f"one{LONE}two\nthree{LONE}", a]), "2", "bare-lf", row=179, n=27,
    clamd=True)
add("lin-ff", lambda a: OUTER + enclose([HELLO + "\f--b1\nx\n", a]), "2",
    row=180, n=29, clamd=True)
add("lin-8bit", lambda a: OUTER + enclose([
    "Content-Type: text/plain; charset=iso-8859-1\n"
    "Content-Transfer-Encoding: 7bit\n\nGr\u00fc\u00dfe\n", a]), "2", row=181,
    n=29, clamd=True)

# Delimiters, not measured.
add("bnd-tail-text", delimiter("--b1 tail\n"), None, "boundary-near-miss")
add("bnd-tail-glued", delimiter("--b1x\n"), None, "boundary-near-miss")
add("bnd-tail-glued-all", delimiters(
    lambda line: line.replace("b1", "b1x")), None,
    "boundary-near-miss boundary-unused")
add("bnd-tail-onedash", delimiter("--b1-\n"), None, "boundary-near-miss")
add("bnd-tail-dash3-only", delimiter("--b1---\n"), None, "boundary-near-miss")
add("bnd-tail-colon", delimiter("--b1: here\n"), None, "boundary-near-miss")
add("bnd-tail-nul", delimiter("--b1\0\n"), None, "boundary-near-miss")
add("bnd-tail-nul-text", delimiter("--b1\0x\n"), None, "boundary-near-miss")
add("bnd-tail-8bit", delimiter("--b1\u00a0\n"), None, "boundary-near-miss")
add("bnd-tail-ff", delimiter("--b1\f\n"), None, "boundary-near-miss")
add("bnd-tail-close-text", lambda a: OUTER + enclose(
    [HELLO], close="-- the end") + f"--b1\n{a}--b1--\n", "2",
    "boundary-near-miss")
add("bnd-first-tail", lambda a: OUTER + f"--b1 x\n{a}--b1\n{HELLO}--b1--\n",
    None, "boundary-near-miss")
add("bnd-lead-tab", delimiter("\t--b1\n"), None, "boundary-near-miss")
add("bnd-lead-space-all", delimiters(lambda line: " " + line), None,
    "boundary-near-miss boundary-unused")
add("bnd-lead-cr", delimiter("x\r--b1\n"), None, "bare-cr")
add("bnd-lead-cr-only", delimiter("\r--b1\n"), None, "boundary-near-miss")
add("bnd-lead-nul", delimiter("\0--b1\n"), None, beyond=True)
add("bnd-lead-quote", delimiter(">--b1\n"), None, beyond=True)
add("bnd-crcrlf", delimiter("--b1\r\n"), None, "boundary-near-miss")
add("bnd-crcrlf-all", lambda a: mixed(a).replace("\n", "\r\n").replace(
    "\r\n", "\n", top().count("\n") + 1), None)
add("bnd-cr-all", lambda a: OUTER + enclose([HELLO, a]).replace("\n", "\r"),
    None)
add("bnd-end-cr-close", lambda a: OUTER + f"--b1\n{HELLO}--b1--\r--b1\n{a}"
    "--b1--\n", None)
add("bnd-space-between", delimiter("-- b1\n"), None, "boundary-near-miss")
add("bnd-threedash", delimiter("---b1\n"), None)
add("bnd-onedash-one", delimiter("-b1\n"), None, "boundary-near-miss")
add("bnd-nodash", delimiter("b1\n"), None)
add("bnd-case-one", lambda a: OUTER + f"--b1\n{HELLO}--B1\n{a}--b1--\n", None,
    "boundary-near-miss")
add("bnd-empty-literal", lambda a: mixed(
    a, 'multipart/mixed; boundary=""', ""), None, "boundary-empty")
add("bnd-empty-bare", lambda a: mixed(a, "multipart/mixed; boundary=", ""),
    None, "boundary-empty")
add("bnd-empty-dashes", lambda a: mixed(
    a, 'multipart/mixed; boundary="--"', "--"), "2")
add("bnd-missing-nested", lambda a: mixed(multi([a], "b2").replace(
    '; boundary="b2"', "")), None, "boundary-missing")
add("bnd-missing-first-odd", lambda a: top("multipart/mixed") + "\n--\nx\n"
    + enclose([HELLO, a]), None, "boundary-missing")
add("bnd-close-first", lambda a: OUTER + f"--b1--\n--b1\n{HELLO}--b1\n{a}"
    "--b1--\n", None, "boundary-after-close")
add("bnd-close-first-header", lambda a: OUTER + f"--b1--\n{a}--b1--\n", None)
add("bnd-after-close", lambda a: OUTER + enclose([HELLO])
    + f"--b1\n{a}--b1--\n", None, "boundary-after-close")
add("bnd-after-close-noclose", lambda a: OUTER + enclose([HELLO])
    + f"--b1\n{a}", None, "boundary-after-close")
add("bnd-close-only-delimiter", lambda a: OUTER + f"--b1\n{HELLO}--b1--\n{a}"
    "--b1--\n", None)
add("bnd-inner-in-outer-epilogue", lambda a: OUTER + enclose([
    multi([HELLO], "b2")]) + f"--b2\n{a}--b2--\n", None,
    "epilogue-content")
add("bnd-outer-in-inner", lambda a: OUTER + enclose([
    unclosed([HELLO]) + f"--b1\n{a}--b2\n{OTHER}--b2--\n"]), "2")
add("bnd-prefix-inner", lambda a: mixed(multi([HELLO, a], "b1x")), "2.2",
    "boundary-prefix")
add("bnd-prefix-inner-dash", lambda a: mixed(multi([HELLO, a], "b1--")), "2.2",
    "boundary-prefix")
add("bnd-prefix-close", lambda a: mixed_as("b1--", HELLO, a), "2")
add("bnd-same-nested", lambda a: OUTER + f"--b1\n{HELLO}--b1\n"
    + multi([OTHER, a]) + "--b1--\n", "2.2", "boundary-reused")
add("bnd-same-nested-closed", lambda a: OUTER + enclose([
    HELLO, multi([OTHER]), a]), "3", "boundary-reused")
add("bnd-noclose", lambda a: OUTER + f"--b1\n{HELLO}--b1\n{a}", "2",
    "boundary-unterminated")
add("bnd-noclose-two", lambda a: OUTER + "--b1\n" + HELLO + "--b1\n"
    + unclosed([a]), "2.1", "boundary-unterminated")
add("bnd-unused-nested", lambda a: mixed(
    'Content-Type: multipart/mixed; boundary="b2"\n\n' + a), None,
    "boundary-unused")
add("bnd-unused-base64", OUTER + BASE64, None, "boundary-unused")
add("bnd-unused-other", lambda a: mixed(a, boundary="other"), None,
    "boundary-unused")
add("bnd-noblank-nested", lambda a: mixed(
    'Content-Type: multipart/mixed; boundary="b2"\n' + enclose([a], "b2")))
add("bnd-no-crlf-first", lambda a: top() + "\n\n\n" + enclose([HELLO, a]), "2")
add("bnd-preamble-part", lambda a: OUTER + a + "\n" + enclose([HELLO]), None,
    "preamble-content")
add("bnd-preamble-base64", OUTER + BASE64 + "\n" + enclose([HELLO]))
add("bnd-preamble-mp", lambda a: OUTER + multi([a], "b2") + "\n"
    + enclose([HELLO]), None, "preamble-content")
add("bnd-epilogue-uu", OUTER + enclose([HELLO]) + uu(), None,
    "epilogue-content uuencode-in-text")
add("bnd-epilogue-base64", OUTER + enclose([HELLO]) + "\n" + BASE64)
add("bnd-epilogue-mp-other", lambda a: OUTER + enclose([HELLO]) + "\n"
    + multi([a], "b2"), None, "epilogue-content")
add("bnd-epilogue-nested", lambda a: mixed(multi([HELLO], "b2") + "\n" + a),
    None, "epilogue-content")
add("bnd-in-hdr-first", lambda a: OUTER + enclose([TYPE, a]), "2",
    "part-no-blank-line")
add("bnd-in-hdr-fold", lambda a: OUTER + enclose([
    HELLO, 'Content-Type: text/plain;\n', a]), "3", "part-no-blank-line")
add("bnd-close-in-hdr", lambda a: OUTER + f"--b1\n{HELLO}--b1\n{TYPE}--b1--\n"
    f"--b1\n{a}--b1--\n", None)
add("bnd-many-300", lambda a: OUTER + enclose([HELLO] * 300 + [a]), "301")
add("bnd-comment-body", lambda a: OUTER + enclose([HELLO, a]).replace(
    "--b1--", "--b1--(end)"), "2")
add("bnd-70-cut", lambda a: mixed(
    a, f'multipart/mixed; boundary="{LONG[:70]}"', LONG[:69]), None)
add("bnd-256", delimiters(str, "b" * 256), "2", "boundary-long")
add("bnd-257-tail", lambda a: mixed(
    a, f'multipart/mixed; boundary="{"b" * 257}"', "b" * 256), "2",
    "boundary-long")
add("bnd-2100", delimiters(str, "b" * 2100), "2", "boundary-long")
add("bnd-mid-line", delimiter("Text --b1\n"), None, beyond=True)
add("bnd-in-base64", lambda a: mixed(a.replace(
    BASE64[:20], BASE64[:20] + "\n--*\n")), "2", "boundary-in-encoded")
add("bnd-html-comment", delimiter("<!--b1\n"), None, beyond=True)

# Line ends, not measured.
add("lin-long-bnd-998", delimiter("x" * 998 + "--b1\n"), None,
    "line-long boundary-near-miss")
add("lin-long-bnd-4096", delimiter("x" * 4096 + "--b1\n"), None, "line-long",
    beyond=True)
add("lin-lf-all", lambda a: mixed(a).replace("\n", LONE), "2")
add("lin-lf-body", lambda a: top() + LONE + enclose([HELLO, a]).replace(
    "\n", LONE), "2", "bare-lf")
add("lin-nul-before-bnd", delimiter("x\0\n--b1\n"), "2", "body-nul")
add("lin-cr-body", lambda a: OUTER + enclose([HELLO + "a\rb\n", a]), "2",
    "bare-cr")
add("lin-cr-end", lambda a: OUTER + enclose([HELLO[:-1] + "\r\n", a]), "2",
    "bare-cr")
add("lin-vt", delimiter("\v--b1\n"), None)
add("lin-u2028", delimiter("\u00e2\u0080\u00a8--b1\n"), None, beyond=True)
add("lin-nel", delimiter("\u0085--b1\n"), None, beyond=True)
add("lin-ctrl-z", lambda a: OUTER + enclose([HELLO + "\x1a\n", a]), "2")
