# SPDX-License-Identifier: ISC
"""Signed and encrypted mail."""
from material import (MIME, PDF, PGP_KEY, PGP_MESSAGE, PGP_SIGNATURE, PROSE,
                      add, b64, enveloped_data, head, qp, signed_data)

ENTITY = "Content-Type: text/plain; charset=us-ascii\n\n" + PROSE

add("smime-detached", head(more=MIME + "Content-Type: multipart/signed; "
    "protocol=\"application/pkcs7-signature\"; micalg=\"sha-256\"; boundary="
    "\"----ABCDEF0123456789ABCDEF0123456789\"\n"),
    "\nThis is an S/MIME signed message\n\n"
    "------ABCDEF0123456789ABCDEF0123456789\n", ENTITY,
    "\n------ABCDEF0123456789ABCDEF0123456789\nContent-Type: application/pkcs7-"
    "signature; name=\"smime.p7s\"\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=\"smime.p7s\"\n\n",
    b64(signed_data(), 64), "\n------ABCDEF0123456789ABCDEF0123456789--\n\n")

add("smime-detached-attachment", head(more=MIME + "Content-Type: multipart/"
    "signed; protocol=\"application/x-pkcs7-signature\";\n\tmicalg=SHA1; "
    "boundary=\"----=_NextPart_000_00AB_01DA16F3.0A0B0C0D\"\n"),
    "\n------=_NextPart_000_00AB_01DA16F3.0A0B0C0D\nContent-Type: "
    "multipart/mixed;\n\tboundary=\"----=_NextPart_001_00AC_01DA16F3.0A0B0C0D\""
    "\n\n\n------=_NextPart_001_00AC_01DA16F3.0A0B0C0D\n", ENTITY,
    "\n------=_NextPart_001_00AC_01DA16F3.0A0B0C0D\nContent-Type: "
    "application/pdf; name=\"minutes.pdf\"\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=\"minutes.pdf\"\n\n", b64(PDF),
    "\n------=_NextPart_001_00AC_01DA16F3.0A0B0C0D--\n\n"
    "------=_NextPart_000_00AB_01DA16F3.0A0B0C0D\nContent-Type: application/"
    "x-pkcs7-signature;\n\tname=\"smime.p7s\"\nContent-Transfer-Encoding: base64"
    "\nContent-Disposition: attachment;\n\tfilename=\"smime.p7s\"\n\n",
    b64(signed_data()), "\n------=_NextPart_000_00AB_01DA16F3.0A0B0C0D--\n")

add("smime-opaque", head(more=MIME + "Content-Type: application/pkcs7-mime; "
    "smime-type=signed-data; name=\"smime.p7m\"\nContent-Transfer-Encoding: "
    "base64\nContent-Disposition: attachment; filename=\"smime.p7m\"\n"),
    "\n", b64(signed_data(ENTITY.replace("\n", "\r\n").encode())),
    again="clamd does not look into an opaque signature: what is in it is "
          "scanned by itself")

add("smime-enveloped", head(more=MIME + "Content-Type: application/pkcs7-mime; "
    "smime-type=enveloped-data; name=\"smime.p7m\"\nContent-Transfer-Encoding: "
    "base64\nContent-Disposition: attachment; filename=\"smime.p7m\"\n"),
    "\n", b64(enveloped_data()))

add("smime-enveloped-outlook", head(more=MIME + "Content-Type: application/"
    "x-pkcs7-mime;\n\tsmime-type=enveloped-data;\n\tname=\"smime.p7m\"\n"
    "Content-Disposition: attachment;\n\tfilename=\"smime.p7m\"\n"
    "Content-Transfer-Encoding: base64\nX-Mailer: Microsoft Outlook 16.0\n"),
    "\n", b64(enveloped_data()), "\n")

add("pgp-mime-signed", head(more=MIME + "Content-Type: multipart/signed; "
    "micalg=pgp-sha512;\n\tprotocol=\"application/pgp-signature\"; boundary=\""
    "l6xvb3sjq2ptkwce\"\nContent-Disposition: inline\n"),
    "\n\n--l6xvb3sjq2ptkwce\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Disposition: inline\nContent-Transfer-Encoding: quoted-printable\n"
    "\n", qp("Grüße\n"), "\n--l6xvb3sjq2ptkwce\nContent-Type: application/pgp-"
    "signature; name=\"signature.asc\"\n\n", PGP_SIGNATURE,
    "\n--l6xvb3sjq2ptkwce--\n")

add("pgp-mime-signed-enigmail", head(more=MIME + "Content-Type: multipart/"
    "signed; micalg=pgp-sha256;\n protocol=\"application/pgp-signature\";\n "
    "boundary=\"------------Qk3a9xL2mN7pR4sT6vW8yZ0a\"\n"),
    "\nThis is an OpenPGP/MIME signed message (RFC 4880 and 3156)\n"
    "--------------Qk3a9xL2mN7pR4sT6vW8yZ0a\nContent-Type: multipart/mixed; "
    "boundary=\"------------Bc5yR3sA8dF4gH6jK0aB1cD2\";\n protected-headers=\"v1"
    "\"\nFrom: Marta Keller <marta@example.com>\nTo: jon@example.net\n"
    "Subject: Readings\n\n--------------Bc5yR3sA8dF4gH6jK0aB1cD2\n"
    "Content-Type: multipart/mixed; boundary=\"------------Zz9yX8wV7uT6sR5qP4oN3"
    "mL2\"\n\n--------------Zz9yX8wV7uT6sR5qP4oN3mL2\nContent-Type: text/plain; "
    "charset=UTF-8; format=flowed\nContent-Transfer-Encoding: base64\n\n",
    b64("Grüße\n"), "\n--------------Zz9yX8wV7uT6sR5qP4oN3mL2\nContent-Type: "
    "application/pgp-keys; name=\"OpenPGP_0x0001.asc\"\nContent-Disposition: "
    "attachment; filename=\"OpenPGP_0x0001.asc\"\nContent-Description: OpenPGP "
    "public key\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp(PGP_KEY), "\n--------------Zz9yX8wV7uT6sR5qP4oN3mL2--\n\n"
    "--------------Bc5yR3sA8dF4gH6jK0aB1cD2--\n\n"
    "--------------Qk3a9xL2mN7pR4sT6vW8yZ0a\nContent-Type: application/pgp-"
    "signature; name=\"OpenPGP_signature.asc\"\nContent-Description: OpenPGP "
    "digital signature\nContent-Disposition: attachment; filename=\"OpenPGP_"
    "signature.asc\"\n\n", PGP_SIGNATURE,
    "\n--------------Qk3a9xL2mN7pR4sT6vW8yZ0a--\n")

add("pgp-mime-encrypted", head("...", more=MIME + "Content-Type: multipart/"
    "encrypted; protocol=\"application/pgp-encrypted\";\n\tboundary=\"pgp-enc-"
    "0001\"\n"),
    "\nThis is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\n"
    "--pgp-enc-0001\nContent-Type: application/pgp-encrypted\n"
    "Content-Description: PGP/MIME version identification\n\nVersion: 1\n\n"
    "--pgp-enc-0001\nContent-Type: application/octet-stream; name=\"encrypted."
    "asc\"\nContent-Description: OpenPGP encrypted message\nContent-Disposition:"
    " inline; filename=\"encrypted.asc\"\n\n", PGP_MESSAGE,
    "\n--pgp-enc-0001--\n")

add("pgp-inline-signed", head(more=MIME + "Content-Type: text/plain; "
    "charset=us-ascii\n"),
    "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe pump runs.\n\n"
    "- -- \nMarta\n", PGP_SIGNATURE)

add("pgp-inline-encrypted", head(more=MIME + "Content-Type: text/plain; "
    "charset=us-ascii\n"), "\n", PGP_MESSAGE)

add("autocrypt", head(more="Autocrypt: addr=marta@example.com; "
    "prefer-encrypt=mutual; keydata=\n" + "".join(
        f" {line}\n" for line in b64(bytes(range(200)), 70).split()) + MIME +
    "Content-Type: text/plain\n"), "\n", PROSE)

add("dkim-arc", "ARC-Seal: i=1; a=rsa-sha256; t=1699963200; cv=none;\n        "
    "d=example.net; s=arc;\n        b=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/==\n"
    "ARC-Authentication-Results: i=1; mx.example.net;\n       dkim=pass "
    "header.i=@example.com;\n       spf=pass (mx: domain of marta@example.com "
    "designates 192.0.2.10 as permitted\n       sender) smtp.mailfrom=marta@"
    "example.com\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
    "d=example.com; s=2023;\n\th=from:to:subject:date; bh=47DEQpj8HBSa+/TImW+5JC"
    "euQeRkm5NMpJWZG3hSuFU=;\n\tb=AbCdEfGhIjKlMnOpQrStUvWxYz==\nReceived: from "
    "mx.example.com (mx.example.com [192.0.2.10])\n\tby mx.example.net (Postfix)"
    " with ESMTPS id 4SV0aB1cD2z\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_"
    "SHA384 (256/256 bits))\n\tfor <jon@example.net>; Tue, 14 Nov 2023 12:00:01 "
    "+0100 (CET)\n", head(more=MIME + "Content-Type: text/plain\n"), "\n", PROSE)
