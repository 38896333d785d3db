# SPDX-License-Identifier: ISC
"""Mailing lists: digests, footers, moderation."""
from material import MIME, PATCH, PDF, PROSE, add, b64, head, qp

LIST = ("Precedence: list\nList-Id: Talk about pumps <pump.example.org>\n"
        "List-Post: <mailto:pump@example.org>\nList-Unsubscribe: <https://lists."
        "example.org/options/pump>,\n <mailto:pump-request@example.org?subject="
        "unsubscribe>\n")
FOOTER = ("_______________________________________________\nPump mailing list\n"
          "Pump@example.org\nhttps://lists.example.org/listinfo/pump\n")

DIGEST = ("Send Pump mailing list submissions to\n\tpump@example.org\n\nToday's "
          "Topics:\n\n   1. Valve (Marta Keller)\n   2. Re: Valve (Jon)\n\n\n")

add("digest-mime", head(
    "Pump Digest, Vol 12, Issue 4", "pump-request@example.org",
    "pump@example.org", more=LIST + MIME + "Content-Type: multipart/mixed; "
    "boundary=\"===============1111111111111111111==\"\n"),
    "\n--===============1111111111111111111==\nContent-Type: text/plain; "
    "charset=\"us-ascii\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n"
    "Content-Description: Pump Digest, Vol 12, Issue 4\n\n", DIGEST,
    "--===============1111111111111111111==\nContent-Type: multipart/digest; "
    "boundary=\"===============2222222222222222222==\"\nMIME-Version: 1.0\n\n"
    "--===============2222222222222222222==\nContent-Type: message/rfc822\n"
    "MIME-Version: 1.0\n\n", head("Valve", more="Message: 1\n" + MIME +
                                  "Content-Type: text/plain\n"), "\n", PROSE,
    "\n--===============2222222222222222222==\nContent-Type: message/rfc822\n"
    "MIME-Version: 1.0\n\n", head("Re: Valve", "Jon <jon@example.net>",
    more=MIME + "Content-Type: multipart/mixed; boundary=\"=-inner-3333\"\n"),
    "\n--=-inner-3333\nContent-Type: text/plain\n\nTry this.\n"
    "--=-inner-3333\nContent-Type: text/x-patch; name=\"valve.patch\"\n"
    "Content-Disposition: attachment; filename=\"valve.patch\"\n\n", PATCH,
    "\n--=-inner-3333--\n\n--===============2222222222222222222==--\n\n"
    "--===============1111111111111111111==\nContent-Type: text/plain; "
    "charset=\"us-ascii\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n"
    "Content-Description: Digest Footer\n\n", FOOTER,
    "\n--===============1111111111111111111==--\n\n")

add("digest-default-type", head(
    "Digest of the day", "digest@example.org", more=LIST + MIME +
    "Content-Type: multipart/digest; boundary=\"digest-0001\"\n"),
    "\n--digest-0001\n\n", head("Valve"), "\n", PROSE,
    "\n--digest-0001\n\n", head("Re: Valve", "Jon <jon@example.net>"),
    "\nYes.\n\n--digest-0001--\n")

add("digest-plain", head(
    "Pump Digest, Vol 12, Issue 5", "pump-request@example.org", more=LIST +
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=\"us-ascii\"\n"),
    "\n", DIGEST, "-" * 70 + "\n\nMessage: 1\nDate: Tue, 14 Nov 2023 12:00:00 "
    "+0100\nFrom: Marta Keller <marta@example.com>\nSubject: [Pump] Valve\n"
    "Content-Type: text/plain; charset=us-ascii\n\n", PROSE,
    "\n" + "-" * 30 + "\n\nMessage: 2\nFrom: Jon <jon@example.net>\nSubject: Re: "
    "[Pump] Valve\n\nYes.\n-------------- next part --------------\nA non-text "
    "attachment was scrubbed...\nName: valve.patch\nType: text/x-patch\nSize: 17 "
    "bytes\nURL: <https://lists.example.org/pump/attachments/0001.bin>\n\n" +
    "-" * 30 + "\n\nEnd of Pump Digest, Vol 12, Issue 5\n"
    "************************************\n")

add("footer-in-text", head("[Pump] Valve", more=LIST + MIME + "Content-Type: "
    "text/plain; charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n"),
    "\n", PROSE, FOOTER)

add("footer-as-part", head("[Pump] Valve", more=LIST + MIME + "Content-Type: "
    "multipart/mixed; boundary=\"===============4444444444444444444==\"\n"),
    "\n--===============4444444444444444444==\nContent-Type: multipart/signed; "
    "micalg=pgp-sha512;\n\tprotocol=\"application/pgp-signature\"; boundary="
    "\"7CZp05NP8/gJM8Cl\"\n\n\n--7CZp05NP8/gJM8Cl\nContent-Type: text/plain; "
    "charset=us-ascii\n\n", PROSE, "\n--7CZp05NP8/gJM8Cl\nContent-Type: "
    "application/pgp-signature; name=\"signature.asc\"\n\n-----BEGIN PGP "
    "SIGNATURE-----\n\niHUEABYKAB0WIQTA1rCkQn0zUq5oTq8Y0JkAAAAAAAUCZVOcAA\n"
    "=Qk3a\n-----END PGP SIGNATURE-----\n\n--7CZp05NP8/gJM8Cl--\n\n"
    "--===============4444444444444444444==\nContent-Type: text/plain; "
    "charset=\"us-ascii\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n"
    "Content-Disposition: inline\n\n", FOOTER,
    "\n--===============4444444444444444444==--\n")

add("footer-after-close", head("[pump] Valve", more=LIST + MIME +
    "Content-Type: multipart/alternative; boundary=\"alt-5555\"\n"),
    "\n--alt-5555\nContent-Type: text/plain; charset=utf-8\n\nYes.\n\n"
    "--alt-5555\nContent-Type: text/html; charset=utf-8\n\n<p>Yes.</p>\n\n"
    "--alt-5555--\n\n-- \nYou are subscribed to pump@example.org\n"
    "To unsubscribe write to pump-leave@example.org\n")

add("footer-after-base64", head("[pump] Valve", more=LIST + MIME +
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64"
    "\n"), "\n", b64("Grüße aus Köln!\n"),
    "\n_______________________________________________\nPump mailing list\n",
    again="text behind the padding of base64 is more data for some programs")

add("footer-html", head("[pump] Valve", more=LIST + MIME + "Content-Type: "
    "multipart/alternative; boundary=\"alt-6666\"\n"),
    "\n--alt-6666\nContent-Type: text/plain\n\nYes.\n\n-- \nUnsubscribe: "
    "https://example.org/u\n\n--alt-6666\nContent-Type: text/html\n\n<div>Yes."
    "</div>\n<p></p>\n\n-- <br />\nUnsubscribe\n\n--alt-6666--\n")

add("moderation-request", head(
    "Pump post from jon@example.net requires approval", "pump-owner@example.org",
    more=MIME + "Content-Type: multipart/mixed; boundary=\"===============77777"
    "77777777777777==\"\n"),
    "\n--===============7777777777777777777==\nContent-Type: text/plain; "
    "charset=\"us-ascii\"\nMIME-Version: 1.0\n\nAs list administrator, your "
    "authorization is requested.\n\n--===============7777777777777777777==\n"
    "Content-Type: message/rfc822\nMIME-Version: 1.0\n\n",
    head("Valve", "Jon <jon@example.net>", more=MIME + "Content-Type: "
         "multipart/mixed; boundary=\"moderated-1\"\n"),
    "\n--moderated-1\nContent-Type: text/plain\n\nsee\n--moderated-1\n"
    "Content-Type: application/pdf\nContent-Disposition: attachment; "
    "filename=valve.pdf\nContent-Transfer-Encoding: base64\n\n", b64(PDF),
    "--moderated-1--\n\n--===============7777777777777777777==\n"
    "Content-Type: message/rfc822\nMIME-Version: 1.0\n\nContent-Type: "
    "text/plain; charset=\"us-ascii\"\nMIME-Version: 1.0\n"
    "Content-Transfer-Encoding: 7bit\nSubject: confirm 0a1b2c3d\nSender: "
    "pump-request@example.org\nFrom: pump-request@example.org\n\nIf you reply to"
    " this message, it is discarded.\n"
    "--===============7777777777777777777==--\n")

add("ezmlm-confirm", head(
    "confirm subscribe to pump@example.org", "pump-help@example.org", more=MIME +
    "Mailing-List: contact pump-help@example.org; run by ezmlm\nContent-Type: "
    "multipart/mixed; boundary=akdjfhgkdjfhglaskdjflaksdjf\n"),
    "\n--akdjfhgkdjfhglaskdjflaksdjf\nContent-Type: text/plain; charset=us-ascii"
    "\nContent-Transfer-Encoding: quoted-printable\n\nHi! This is the ezmlm "
    "program.\n\n--- Enclosed is a copy of the request I received.\n\n"
    "--akdjfhgkdjfhglaskdjflaksdjf\nContent-Type: message/rfc822\n\n",
    "Return-Path: <jon@example.net>\n", head("subscribe", "jon@example.net"),
    "\nplease\n\n--akdjfhgkdjfhglaskdjflaksdjf--\n")

add("listserv-welcome", head(
    "You are now subscribed to the PUMP list", "L-Soft list server at example."
    "org <LISTSERV@LISTSERV.EXAMPLE.ORG>", more=MIME + "Content-Type: "
    "multipart/alternative; boundary=\"__part1__\"\n"),
    "\n--__part1__\nContent-Type: text/plain; charset=\"utf-8\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n", qp("Willkommen! Schön.\n"),
    "\n--__part1__\nContent-Type: text/html; charset=\"utf-8\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n",
    qp("<p>Willkommen!</p>\n"), "\n--__part1__--\n")

add("patch-inline", head("[PATCH 1/2] valve: open slowly", more="X-Mailer: "
    "git-send-email 2.39.2\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n"
    ), "\nSo that the pipe does not burst.\n\nSigned-off-by: Marta Keller "
    "<marta@example.com>\n---\n pump/valve.c | 2 +-\n 1 file changed, 1 "
    "insertion(+), 1 deletion(-)\n\n", PATCH, "\n")

add("patch-of-mail-code", head("[PATCH] tests: a multipart more"),
    "\n---\n test.eml | 9 +++++++++\n\ndiff --git a/test.eml b/test.eml\n"
    "--- a/test.eml\n+++ b/test.eml\n@@ -1,3 +1,9 @@\n From: a@example.com\n"
    "+Content-Type: multipart/mixed; boundary=\"b1\"\n+\n+--b1\n"
    "+Content-Type: text/plain\n+\n+text\n+--b1--\n-- \n2.39.2\n")

add("patch-attached", head("Re: [PATCH] valve", more=MIME + "Content-Type: "
    "multipart/mixed; boundary=\"8t9RHnE3ZwKMSgU+\"\n"),
    "\n\n--8t9RHnE3ZwKMSgU+\nContent-Type: text/plain; charset=us-ascii\n\n"
    "Version two is attached.\n\n--8t9RHnE3ZwKMSgU+\nContent-Type: text/plain; "
    "charset=us-ascii\nContent-Disposition: attachment; filename=\"valve-v2.diff"
    "\"\n\n", PATCH, "\n--8t9RHnE3ZwKMSgU+--\n")
