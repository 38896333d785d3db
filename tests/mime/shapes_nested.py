# SPDX-License-Identifier: ISC
"""Shapes of types: messages in messages, reports, signatures, depth."""
from shape import (BASE64, EICAR, ENCODING, FIELDS, HELLO, NAME, OTHER, VERSION,
                   Family, attachment, b64, enclose, inner, mixed, multi, qp,
                   top, uu, wire)
from shapes_structure import levels

family = Family()
add, part = family.add, family.part


def of_type(kind, text, encoding=""):
    """A part of that type, with text as it stands."""
    return f"Content-Type: {kind}\n{encoding}\n{text}"


def as_b64(text):
    return b64(wire(text))


def forwards(count, a):
    """A message that was forwarded so many times."""
    text = inner(a)
    for _ in range(count):
        text = top("message/rfc822") + "\n" + text
    return text


def der(tag, *contents):
    content = b"".join(contents)
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 128 + size]) + length.to_bytes(size, "big") + content


SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def signed(entity, chunk=0):
    """CMS signed-data without signers; chunk: the content as a constructed
    string of pieces of that size, all lengths indefinite (BER)."""
    empty = der(0x31)
    version = der(2, b"\1")
    if not chunk:
        content = der(0x30, DATA, der(0xa0, der(4, entity)))
        return der(0x30, SIGNED, der(0xa0, der(
            0x30, version, empty, content, empty)))
    pieces = b"".join(der(4, entity[i:i + chunk])
                      for i in range(0, len(entity), chunk))
    return (b"\x30\x80" + SIGNED + b"\xa0\x80\x30\x80" + version + empty
            + b"\x30\x80" + DATA + b"\xa0\x80\x24\x80" + pieces + b"\0\0" * 3
            + empty + b"\0\0" * 3)


def opaque(entity, chunk=0, kind="application/pkcs7-mime; "
           "smime-type=signed-data; name=smime.p7m"):
    return (FIELDS + VERSION + f"Content-Type: {kind}\n" + ENCODING + "\n"
            + b64(signed(wire(entity), chunk)))


def report(*parts):
    return (top('multipart/report; report-type=delivery-status; boundary="b1"')
            + "\n" + enclose([HELLO, *parts]))


STATUS = of_type("message/delivery-status",
                 "Reporting-MTA: dns; relay.example\n\nAction: failed\n")


def signature(*parts):
    return (top('multipart/signed; protocol="application/pgp-signature"; '
                'micalg=pgp-sha256; boundary="b1"') + "\n" + enclose(parts))


SIGNATURE = of_type("application/pgp-signature",
                    "-----BEGIN PGP SIGNATURE-----\n\nabcd\n"
                    "-----END PGP SIGNATURE-----\n")
PARTIAL = "message/partial; id=\"x@example.net\"; number={}; total={}"

add("str-deep10", lambda a: levels(10, a), "1" + ".1" * 9, row=89, n=28,
    clamd=True)
add("str-deep120", lambda a: levels(120, a), None, "limit-depth", row=90, n=24,
    clamd=False)
add("str-digest", lambda a: top('multipart/digest; boundary="b1"') + "\n"
    + enclose(["\n" + inner(a)]), "1.2", row=91, n=15, clamd=True)
add("str-alt", lambda a: mixed(a, 'multipart/alternative; boundary="b1"'), "2",
    row=92, n=29, clamd=True)
add("str-appledouble", lambda a: top('multipart/appledouble; boundary="b1"')
    + "\n" + enclose([attachment(b64(b"\0\5\x16\7\0\2\0\0" + bytes(18)),
    f'Content-Type: application/applefile; name="{NAME}"\n'), a]), "2", row=93,
    n=29, clamd=True)
add("str-signed-extra", lambda a: signature(HELLO, SIGNATURE, a), "3",
    "multipart-part-count", row=94, n=28, clamd=False)
add("str-report", lambda a: report(STATUS, of_type("message/rfc822", inner(a))),
    "3.2", row=95, n=23, clamd=True)
part("str-external", of_type(
    f'message/external-body; access-type=local-file; name="{NAME}"', BASE64,
    ENCODING), None, "message-external-body", row=96, n=6, clamd=True)
add("str-global-b64", lambda a: mixed(of_type(
    "message/global", as_b64(inner(a)), ENCODING)), "2.2", row=97, n=4,
    clamd=True)
add("str-822-qp", lambda a: mixed(of_type(
    "message/rfc822", qp(wire(inner(a))), "Content-Transfer-Encoding: "
    "quoted-printable\n")), None, "message-encoded", row=98, n=19, clamd=True)
add("str-xmsg", lambda a: mixed(of_type("message/x-kept", inner(a))), None,
    "message-type-other", row=99, n=5, clamd=True)
add("str-textmp", lambda a: top("text/plain") + "\n" + multi([HELLO, a]), None,
    "header-after-body", row=100, n=3, clamd=True)
add("str-smime-opaque", lambda a: opaque(multi([HELLO, a])), None,
    "smime-opaque", row=184, n=1, clamd=False)

# Not measured.
add("str-deep20", lambda a: levels(20, a), "1" + ".1" * 19)
add("str-deep30", lambda a: levels(30, a), "1" + ".1" * 29)
add("str-deep50", lambda a: levels(50, a), None, "limit-depth")
add("str-deep-many", lambda a: levels(400, a), None, "limit-depth")
add("str-forwarded8", lambda a: forwards(8, a), "1.1.1.1.1.1.1.2")
add("str-forwarded40", lambda a: forwards(40, a), None, "limit-depth")
add("str-many-100", lambda a: mixed(multi([HELLO] * 100 + [a], "b2")), "2.101")
add("str-many-999", lambda a: top() + "\n" + enclose([HELLO] * 998 + [a]),
    "999", limit=True)
add("str-digest-text", lambda a: top('multipart/digest; boundary="b1"') + "\n"
    + enclose([HELLO, a]), "2")
add("str-digest-mixed", lambda a: mixed(multi(["\n" + inner(a)], "b3",
                                              "digest")), "2.1.2")
add("str-digest-plain", lambda a: mixed("\n" + inner(a)), None)
add("str-822-top", lambda a: top("message/rfc822") + "\n" + inner(a), "2")
add("str-822-single", lambda a: mixed(of_type("message/rfc822", FIELDS
    + VERSION + a)), "2.1")
add("str-822-b64", lambda a: mixed(of_type(
    "message/rfc822", as_b64(inner(a)), ENCODING)), None, "message-encoded")
add("str-822-b64-top", lambda a: top("message/rfc822", more=ENCODING) + "\n"
    + as_b64(inner(a)), None, "message-encoded")
add("str-822-b64-twice", lambda a: mixed(of_type(
    "message/rfc822", as_b64(top("message/rfc822", more=ENCODING) + "\n"
    + as_b64(inner(a))), ENCODING)), None, "message-encoded")
add("str-822-uu", lambda a: mixed(of_type(
    "message/rfc822", uu(wire(inner(a)), "begin 644 a.eml\n"),
    "Content-Transfer-Encoding: x-uuencode\n")), None)
add("str-822-claims-b64", lambda a: mixed(of_type(
    "message/rfc822", inner(a), ENCODING)), None, "message-encoded")
add("str-822-nofields", lambda a: mixed(of_type(
    "message/rfc822", "\n" + multi([a], "b2"))), None)
add("str-global-qp", lambda a: mixed(of_type(
    "message/global", qp(wire(inner(a))),
    "Content-Transfer-Encoding: quoted-printable\n")), "2.2")
add("str-global", lambda a: mixed(of_type("message/global", inner(a))), "2.2")
add("str-news", lambda a: mixed(of_type("message/news", inner(a))), None,
    "message-type-other")
add("str-msg-http", lambda a: mixed(of_type("message/http", inner(a))), None,
    "message-type-other")
add("str-delivery-status", lambda a: report(of_type(
    "message/delivery-status", a)), None, "header-after-body")
add("str-status-encoded", lambda a: report(of_type(
    "message/delivery-status", BASE64, ENCODING)), None, "message-encoded")
add("str-mdn", lambda a: mixed(of_type(
    "message/disposition-notification", a)), None, "header-after-body")
add("str-partial", lambda a: top(PARTIAL.format(1, 1)) + "\n" + inner(a), None,
    "message-partial")
add("str-partial-of-two", lambda a: top(PARTIAL.format(1, 2)) + "\n"
    + inner(a), None, "message-partial")
add("str-partial-part", lambda a: mixed(of_type(
    PARTIAL.format(1, 1), inner(a))), None, "message-partial")
add("str-external-inner", lambda a: mixed(of_type(
    f'message/external-body; access-type=local-file; name="{NAME}"', a)), None,
    "message-external-body")
add("str-external-url", lambda a: mixed(of_type(
    'message/external-body; access-type=url; url="http://example.net/x"',
    inner(a))), None, "message-external-body")
add("str-signed-second", lambda a: signature(HELLO, a), "2",
    "multipart-part-count")
add("str-signed-false", lambda a: signature(HELLO, a.replace(
    "application/octet-stream", "application/pgp-signature")), "2",
    "multipart-part-count")
add("str-signed-text-second", lambda a: signature(multi([a], "b2"), HELLO),
    "1.1", "multipart-part-count")
add("str-signed-attachment", lambda a: signature(a, SIGNATURE), "1")
add("str-signed-mp-second", lambda a: signature(HELLO, multi([a], "b2")),
    "2.1", "multipart-part-count")
add("str-signed-822-second", lambda a: signature(
    HELLO, of_type("message/rfc822", inner(a))), "2.2", "multipart-part-count")
add("str-signed-first", lambda a: signature(multi([HELLO, a], "b2"),
                                            SIGNATURE), "1.2")
add("str-signed-extra4", lambda a: signature(HELLO, SIGNATURE, OTHER, a), "4",
    "multipart-part-count")
add("str-signed-nested", lambda a: mixed(multi([HELLO, SIGNATURE, a], "b2",
                                               "signed")), "2.3",
    "multipart-part-count")
add("str-signed-mp", lambda a: signature(HELLO, SIGNATURE, multi([a], "b2")),
    "3.1", "multipart-part-count")
add("str-encrypted-extra", lambda a: top(
    'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b1"')
    + "\n" + enclose([of_type("application/pgp-encrypted", "Version: 1\n"),
                      of_type("application/octet-stream", "abcd\n"), a]), "3",
    "multipart-part-count")
add("str-encrypted", lambda a: top(
    'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b1"')
    + "\n" + enclose([of_type("application/pgp-encrypted", "Version: 1\n"), a]),
    "2")
add("str-related", lambda a: mixed(a, 'multipart/related; boundary="b1"'), "2")
add("str-formdata", lambda a: mixed(a, 'multipart/form-data; boundary="b1"'),
    "2")
add("str-parallel", lambda a: mixed(a, 'multipart/parallel; boundary="b1"'),
    "2", "multipart-part-count")
add("str-textmp-part", lambda a: mixed(
    "Content-Type: text/plain\n\n" + multi([a], "b2")), None,
    "header-after-body")
add("str-textmp-after", lambda a: top("text/plain") + "\nSome words.\n\n"
    + multi([HELLO, a]), None, beyond=True)
add("str-text-message", lambda a: top("text/plain") + "\n" + inner(a), None,
    "header-after-body")
add("str-text-fields", lambda a: top("text/plain") + "\n" + a, None,
    "header-after-body")
add("str-html-fields", lambda a: top("text/html") + "\n" + a, None,
    "header-after-body")
add("str-octet-message", lambda a: mixed(of_type(
    "application/octet-stream", inner(a))), None)
add("str-octet-message-b64", lambda a: mixed(of_type(
    'application/octet-stream; name="a.eml"', as_b64(inner(a)), ENCODING)),
    None, beyond=True)
add("str-bounce-quoted", lambda a: top("text/plain") + "\nYour mail:\n\n"
    "------ This is a copy of the message\n\n" + inner(a), None, beyond=True)
add("str-smime-ber", lambda a: opaque(multi([HELLO, a]), 100), None,
    "smime-opaque")
add("str-smime-ber-small", lambda a: opaque(multi([HELLO, a]), 7), None,
    "smime-opaque")
add("str-smime-single", lambda a: opaque(a), None, "smime-opaque")
add("str-smime-notype", lambda a: opaque(
    multi([HELLO, a]), kind="application/pkcs7-mime; name=smime.p7m"), None)
add("str-smime-octet", lambda a: opaque(
    multi([HELLO, a]), kind='application/octet-stream; name="smime.p7m"'), None)
add("str-smime-x", lambda a: opaque(
    multi([HELLO, a]), kind="application/x-pkcs7-mime; smime-type=signed-data"),
    None)
add("str-smime-nested", lambda a: mixed(opaque(multi([HELLO, a], "b2")).split(
    VERSION)[1]), None, "smime-opaque")
add("str-smime-twice", lambda a: opaque(opaque(multi([HELLO, a])).split(
    VERSION)[1]), None, "smime-opaque")
add("str-smime-binary", lambda a: top(
    "application/pkcs7-mime; smime-type=signed-data",
    more="Content-Transfer-Encoding: binary\n") + "\n"
    + signed(wire(multi([HELLO, a]))).decode("latin-1").replace(
        "\r\n", "\n") + "\n", None, "smime-opaque")
add("str-smime-clear", lambda a: opaque(EICAR.decode()), "1",
    "smime-opaque", inside=True)
