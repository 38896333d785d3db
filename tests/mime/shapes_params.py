# SPDX-License-Identifier: ISC
"""Shapes of parameters: which boundary a multipart has.  Unless a shape says
otherwise the delimiters are those of "b1"."""
from shape import (HELLO, OTHER, Family, enclose, mixed, multi, top)

family = Family()
add = family.add
M = "multipart/mixed; "


def value(parameters, boundary="b1", before="", after=""):
    """A message with these parameters at its top; before and after stand
    around the multipart of that boundary."""
    return lambda a: (top(M + parameters) + "\n" + before
                      + enclose([HELLO, a], boundary) + after)


AFTER = enclose([OTHER], "b2")  # a harmless multipart of another boundary

add("par-dup-bnd-first", value('boundary="b1"; boundary="b2"', after=AFTER),
    "2", "boundary-conflict", row=43, n=16, clamd=True)
add("par-dup-bnd-case", value('boundary="b2"; BOUNDARY="b1"', before=AFTER),
    None, "boundary-conflict", row=44, n=14, clamd=False)
add("par-bnd-cont", value('boundary*0="b"; boundary*1="1"'), "2",
    "boundary-extended", row=45, n=24, clamd=True)
add("par-bnd-both-rev", value(
    "boundary*=us-ascii''b2; boundary=\"b1\"", before=AFTER), "2",
    "boundary-conflict boundary-extended", row=46, n=12, clamd=False)
add("par-bnd-pct", value('boundary="b%31"'), None, "boundary-odd", row=47, n=2,
    clamd=True)
add("par-bnd-ew-raw", value('boundary="=?us-ascii?Q?b1?="',
                            "=?us-ascii?Q?b1?="), "2", "boundary-encoded-word",
    row=48, n=17, clamd=True)
add("par-single-quote-raw", value("boundary='b1'", "'b1'"), "2",
    "param-single-quoted", row=49, n=27, clamd=True)
add("par-quote-escape", value(r'boundary="b\1"'), "2", "param-backslash",
    row=50, n=18, clamd=True)
add("par-quote-inner", value('boundary="b1"x"y"'), "2", "param-junk", row=51,
    n=16, clamd=True)
add("par-token-space", value("boundary=b1 x", "b1 x"), None,
    "param-space-unquoted", row=52, n=15, clamd=True)
add("par-token-specials", value("boundary=b=1?/:@", "b=1?/:@"), "2",
    "param-specials-unquoted", row=53, n=21, clamd=True)
add("par-eq-space", value('boundary = "b1"'), "2", row=54, n=27, clamd=True)
add("par-tab-trail", value("boundary=b1 \t"), "2", row=55, n=28, clamd=True)
add("par-bnd-trail-semi-quote", value('x="a; boundary="b1"'), None,
    "param-junk", row=56, n=9, clamd=True)
add("par-bnd-cont-enc", value("boundary*0*=us-ascii''%62; boundary*1=1"), "2",
    "boundary-extended", row=182, n=20, clamd=True)
add("cd-boundary", lambda a: mixed(
    a, more='Content-Disposition: inline; boundary="b2"\n'), "2",
    "param-misplaced", row=183, n=29, clamd=True)

# Two boundaries, the strict one being the other.
add("par-dup-bnd-last", value('boundary="b2"; boundary="b1"', after=AFTER),
    None, "boundary-conflict")
add("par-dup-bnd-before", value('boundary="b2"; boundary="b1"', before=AFTER),
    None, "boundary-conflict")
add("par-dup-bnd-case-after", value(
    'boundary="b2"; BOUNDARY="b1"', after=AFTER), None, "boundary-conflict")
add("par-dup-bnd-unused", value('boundary="b2"; boundary="b1"'), None,
    "boundary-conflict boundary-unused")
add("par-dup-bnd-three", value(
    'boundary="b3"; boundary="b1"; boundary="b2"', after=AFTER), None,
    "boundary-conflict")
add("par-dup-bnd-same", value('boundary="b1"; boundary="b1"'), "2")
add("par-bnd-both", value(
    "boundary=\"b2\"; boundary*=us-ascii''b1", after=AFTER), None,
    "boundary-conflict boundary-extended")
add("par-bnd-both-rev-after", value(
    "boundary*=us-ascii''b2; boundary=\"b1\"", after=AFTER), "2",
    "boundary-conflict boundary-extended")
add("par-bnd-both-cont", value(
    'boundary="b2"; boundary*0="b"; boundary*1="1"', after=AFTER), None,
    "boundary-conflict boundary-extended")
add("par-bnd-both-cont-rev", value(
    'boundary*0="b"; boundary*1="2"; boundary="b1"', after=AFTER), "2",
    "boundary-conflict boundary-extended")
add("par-bnd-ext-cont", value(
    "boundary*=us-ascii''b2; boundary*0=b; boundary*1=1", after=AFTER))
add("par-bnd-ext-case", value("boundary=\"b2\"; Boundary*=us-ascii''b1",
                              after=AFTER), None, "boundary-conflict")
add("par-bnd-nested-dup", lambda a: mixed(multi([a], "b2").replace(
    'boundary="b2"', 'boundary="b3"; boundary="b2"')), None,
    "boundary-conflict")
add("par-bnd-nested-both", lambda a: mixed(multi([a], "b2").replace(
    'boundary="b2"', "boundary=\"b3\"; boundary*=utf-8''b2")), None,
    "boundary-conflict")

# Forms of RFC 2231.
add("par-bnd-ext", value("boundary*=us-ascii''b1"), "2", "boundary-extended")
add("par-bnd-ext-lang", value("boundary*=us-ascii'en'b%31"), "2",
    "boundary-extended")
add("par-bnd-ext-quoted", value("boundary*=\"us-ascii''b1\""), "2",
    "boundary-extended")
add("par-bnd-ext-bare", value("boundary*=b1"), "2")
add("par-bnd-ext-pct-bare", value("boundary*=b%31"), "2")
add("par-bnd-cont-order", value('boundary*1="1"; boundary*0="b"'), "2",
    "boundary-extended")
add("par-bnd-cont-textorder", value('boundary*1="b"; boundary*0="1"'), None,
    "boundary-extended")
add("par-bnd-cont-gap", value('boundary*0="b1"; boundary*2="x"', "b1"), None,
    "param-continuation-gap")
add("par-bnd-cont-gap-whole", value('boundary*0="b"; boundary*2="1"'), "2",
    "param-continuation-gap")
add("par-bnd-cont-from1", value('boundary*1="b"; boundary*2="1"'), "2",
    "param-continuation-gap")
add("par-bnd-cont-zeros", value('boundary*00="b"; boundary*01="1"'), "2",
    "param-continuation-gap")
add("par-bnd-cont-dup", value(
    'boundary*0="b"; boundary*0="x"; boundary*1="1"'), "2")
add("par-bnd-cont-dup-last", value(
    'boundary*0="x"; boundary*0="b"; boundary*1="1"'), None)
add("par-bnd-cont-first", value('boundary*0="b1"; boundary*1="x"'), None,
    "boundary-extended")
add("par-bnd-cont-pct-plain", value('boundary*0="b"; boundary*1="%31"'), None)

# Encoded words.
add("par-bnd-ew-decoded", value('boundary="=?us-ascii?Q?b1?="'), None,
    "boundary-encoded-word")
add("par-bnd-ew-b64", value('boundary="=?us-ascii?B?YjE=?="'), None,
    "boundary-encoded-word")
add("par-bnd-ew-bare", value("boundary==?us-ascii?Q?b1?="), None,
    "boundary-encoded-word")
add("par-bnd-ew-part", value('boundary="b=?us-ascii?Q?1?="'), None,
    "boundary-encoded-word")

# Quotes, tokens, separators.
add("par-single-quote-stripped", value("boundary='b1'"), None,
    "param-single-quoted")
add("par-quote-escape-kept", value(r'boundary="b\1"', r"b\1"), None,
    "param-backslash")
add("par-quote-escape-quote", value(r'boundary="b\"1"', 'b"1'), "2",
    "param-backslash")
add("par-quote-escape-cut", value(r'boundary="b1\"x"'), None,
    "param-backslash")
add("par-quote-open", value('boundary="b1'), "2", "param-unterminated-quote")
add("par-quote-open-more", value('boundary="b1; charset=x'), None,
    "param-unterminated-quote")
add("par-quote-middle", value('boundary=b"1"'), None)
add("par-quote-middle-kept", value('boundary=b"1"', 'b"1"'), None)
add("par-quote-inner-joined", value('boundary="b""1"'), None, "param-junk")
add("par-semi-quote-open", value('x="a; boundary=b1'), None,
    "param-unterminated-quote")
add("par-token-space-cut", value("boundary=b1 x"), "2", "param-space-unquoted")
add("par-token-tab-cut", value("boundary=b1\tx"), "2", "param-space-unquoted")
add("par-token-fold-cut", value("boundary=b1\n x"), "2", "param-space-unquoted")
add("par-token-slash-cut", value("boundary=b1/x"), None,
    "param-specials-unquoted")
add("par-token-equal-cut", value("boundary=b1=x"), None,
    "param-specials-unquoted")
add("par-token-comma-cut", value("boundary=b1,x"), None,
    "param-specials-unquoted")
add("par-token-paren", value("boundary=b1)"), None)
add("par-no-semicolon", lambda a: mixed(a, 'multipart/mixed boundary="b1"'),
    None, "param-no-semicolon")
add("par-no-semicolon-second", value('charset="x" boundary="b1"'), None,
    "param-no-semicolon")
add("par-no-semicolon-token", value("charset=x boundary=b1"), None)
add("par-comma-second", value('charset="x", boundary="b1"'), None)
add("par-colon-equal", value('boundary:"b1"'))
add("par-space-name", value('bound ary="b1"'))
add("par-fold-in-quotes", value('boundary="b\n 1"', "b 1"), "2",
    "param-fold-in-quotes")
add("par-fold-in-quotes-joined", value('boundary="b\n 1"', "b1"), None,
    "param-fold-in-quotes")
add("par-fold-after-equal", value('boundary=\n "b1"'), "2")
add("par-fold-before-equal", value('boundary\n ="b1"'), "2")
add("par-space-lead-value", value('boundary=" b1"'), None, "boundary-odd")
add("par-semicolon-in-quotes", value('boundary="b;1"', "b;1"), "2",
    "boundary-odd")
add("par-no-quotes-semicolon", value("boundary=b1;x"), "2", "param-junk")
add("par-many-before", value("".join(
    f"x{i}=y; " for i in range(60)) + "boundary=b1"), "2")
add("par-name-before", value('name="boundary=b2"; boundary="b1"'), "2")
add("par-in-other-value", value('x="boundary=b1"', "b1"), None,
    "boundary-missing")
add("par-html-entity", value('boundary="b&#49;"', "b&#49;"), "2")
