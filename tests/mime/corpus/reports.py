# SPDX-License-Identifier: ISC
"""What mail systems report: bounces, receipts, automatic answers."""
from material import MIME, PDF, PROSE, add, b64, head, qp

ORIGINAL = head("Readings", ident="orig.1@example.com")
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.com>"
NULL = "Return-Path: <>\nAuto-Submitted: auto-replied\n"

STATUS = ("Reporting-MTA: dns; mx.example.com\nX-Postfix-Queue-ID: 4SV0aB1cD2z"
          "\nX-Postfix-Sender: rfc822; marta@example.com\nArrival-Date: Tue, 14 "
          "Nov 2023 12:00:00 +0100 (CET)\n\nFinal-Recipient: rfc822; "
          "jon@example.net\nOriginal-Recipient: rfc822;jon@example.net\nAction: "
          "failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.net\n"
          "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n")


def report(name, kind, status_type, third_type, third, subject, text,
           status=STATUS, boundary="4SV0aB1cD2z.1699963200/mx.example.com"):
    add(name, head(subject, DAEMON, "marta@example.com", more=NULL + MIME +
                   f"Content-Type: multipart/report; report-type={kind};\n\t"
                   f"boundary=\"{boundary}\"\nContent-Transfer-Encoding: 8bit\n"),
        f"\nThis is a MIME-encapsulated message.\n\n--{boundary}\n"
        "Content-Description: Notification\nContent-Type: text/plain; "
        f"charset=us-ascii\n\n{text}\n--{boundary}\n"
        f"Content-Description: Delivery report\nContent-Type: {status_type}\n\n"
        f"{status}\n--{boundary}\nContent-Description: Undelivered Message\n"
        f"Content-Type: {third_type}\nContent-Transfer-Encoding: 8bit\n\n"
        f"{third}\n--{boundary}--\n")


TEXT = ("This is the mail system at host mx.example.com.\n\nI'm sorry to have "
        "to inform you that your message could not\nbe delivered to one or more "
        "recipients.\n\n<jon@example.net>: host mx.example.net[192.0.2.9] said: "
        "550 5.1.1 User unknown\n    (in reply to RCPT TO command)\n")

report("dsn-postfix", "delivery-status", "message/delivery-status",
       "message/rfc822", ORIGINAL + "\n" + PROSE,
       "Undelivered Mail Returned to Sender", TEXT)
report("dsn-postfix-headers", "delivery-status", "message/delivery-status",
       "text/rfc822-headers", ORIGINAL, "Successful Mail Delivery Report",
       "Your message was successfully delivered.\n", STATUS.replace(
           "failed", "relayed"))
report("dsn-postfix-utf8", "delivery-status",
       "message/global-delivery-status", "message/global",
       ORIGINAL.replace("Readings", "Messwerte für Köln") + "\n" + PROSE,
       "Undelivered Mail Returned to Sender", TEXT)
report("dsn-sendmail-delay", "delivery-status", "message/delivery-status",
       "text/rfc822-headers", ORIGINAL, "Warning: could not send message for "
       "past 4 hours", "    **********************************************\n"
       "    **      THIS IS A WARNING MESSAGE ONLY      **\n"
       "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
       "    **********************************************\n",
       boundary="3AEB4kQ2012345.1699963200/mx.example.com")
report("dsn-with-attachment", "delivery-status", "message/delivery-status",
       "message/rfc822", ORIGINAL + MIME + "Content-Type: multipart/mixed; "
       "boundary=\"orig-0001\"\n\n--orig-0001\nContent-Type: text/plain\n\nsee "
       "below\n--orig-0001\nContent-Type: application/pdf; name=\"a.pdf\"\n"
       "Content-Transfer-Encoding: base64\n\n" + b64(PDF) + "--orig-0001--\n",
       "Undelivered Mail Returned to Sender", TEXT)
report("mdn-displayed", "disposition-notification",
       "message/disposition-notification", "text/rfc822-headers", ORIGINAL,
       "Read: Readings", "The message was displayed.\n",
       "Reporting-UA: example.net; Thunderbird\nFinal-Recipient: "
       "rfc822;jon@example.net\nOriginal-Message-ID: <orig.1@example.com>\n"
       "Disposition: manual-action/MDN-sent-manually; displayed\n",
       boundary="------------mdn050607080900")

add("dsn-exchange", head(
    "Undeliverable: Readings", "postmaster@example.net", "marta@example.com",
    more="Auto-Submitted: auto-replied\n" + MIME + "Content-Type: "
    "multipart/report; report-type=delivery-status;\n\tboundary=\"0a1b2c3d-4e5f"
    "-6071-8293-a4b5c6d7e8f9\"\nX-MS-Exchange-Message-Is-Ndr:\n"),
    "\n--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\nContent-Type: "
    "multipart/alternative; differences=Content-Type;\n\tboundary=\"1b2c3d4e-"
    "5f60-7182-93a4-b5c6d7e8f9a0\"\n\n--1b2c3d4e-5f60-7182-93a4-b5c6d7e8f9a0\n"
    "Content-Type: text/plain; charset=\"us-ascii\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n",
    qp("Delivery has failed to these recipients or groups:\n\njon@example.net\n"
       "The email address you entered couldn't be found.\n"),
    "\n--1b2c3d4e-5f60-7182-93a4-b5c6d7e8f9a0\nContent-Type: text/html; "
    "charset=\"us-ascii\"\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp("<html><body><p>Delivery has failed</p></body></html>\n"),
    "\n--1b2c3d4e-5f60-7182-93a4-b5c6d7e8f9a0--\n\n"
    "--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\nContent-Type: "
    "message/delivery-status\n\n", STATUS,
    "\n--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\nContent-Type: message/rfc822\n\n",
    ORIGINAL, "\n", PROSE, "\n--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9--\n")

add("bounce-qmail", head(
    "failure notice", "MAILER-DAEMON@example.net", "marta@example.com"),
    "\nHi. This is the qmail-send program at example.net.\nI'm afraid I wasn't "
    "able to deliver your message to the following addresses.\nThis is a "
    "permanent error; I've given up. Sorry it didn't work out.\n\n"
    "<jon@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- "
    "Below this line is a copy of the message.\n\nReturn-Path: "
    "<marta@example.com>\nReceived: (qmail 4711 invoked from network); 14 Nov "
    "2023 11:00:01 -0000\n", ORIGINAL, "\n", PROSE)

add("bounce-exim", head(
    "Mail delivery failed: returning message to sender", DAEMON,
    "marta@example.com", more="X-Failed-Recipients: jon@example.net\nAuto-"
    "Submitted: auto-replied\n"),
    "\nThis message was created automatically by mail delivery software.\n\nA "
    "message that you sent could not be delivered to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n"
    "\n  jon@example.net\n    Unrouteable address\n\n------ This is a copy of "
    "the message, including all the headers. ------\n\nReturn-path: "
    "<marta@example.com>\n", ORIGINAL, "\n", PROSE)

add("bounce-exim-mime", head(
    "Mail delivery failed: returning message to sender", DAEMON,
    "marta@example.com", more=MIME + "Content-Type: multipart/report; "
    "report-type=delivery-status; boundary=1699963200-eximdsn-1804289383\n"),
    "\n--1699963200-eximdsn-1804289383\nContent-type: text/plain; "
    "charset=us-ascii\n\nThis message was created automatically by mail "
    "delivery software.\n\n--1699963200-eximdsn-1804289383\nContent-type: "
    "message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\nAction: "
    "failed\nFinal-Recipient: rfc822;jon@example.net\nStatus: 5.0.0\n\n"
    "--1699963200-eximdsn-1804289383\nContent-type: message/rfc822\n\n",
    ORIGINAL, "\n", PROSE, "\n--1699963200-eximdsn-1804289383--\n")

add("bounce-mdaemon", head(
    "Permanent Delivery Failure", "MDaemon at mx.example.com <MDaemon@"
    "example.com>", "marta@example.com", more="X-MDaemon-Deliver-To: "
    "marta@example.com\nX-Actual-From: MDaemon@example.com\nX-Return-Path: <>\n"
    + MIME + "Content-Type: multipart/mixed; boundary=\"0001144711-1699963200-"
    "1234MDaemon\"\n"),
    "\nThe following message is in MIME format.\n\n"
    "--0001144711-1699963200-1234MDaemon\nContent-Type: text/plain; "
    "charset=US-ASCII\n\nThe attached message had PERMANENT fatal delivery "
    "errors!\n\nSession Transcript:\n  Tue 2023-11-14 12:00:00: --> RCPT To:<jon"
    "@example.net>\n  Tue 2023-11-14 12:00:00: <-- 550 5.1.1 unknown\n\n: "
    "Message contains [1] file attachments\n\n"
    "--0001144711-1699963200-1234MDaemon\nContent-Type: text/plain; "
    "charset=US-ASCII; name=\"retr.txt\"\nContent-Disposition: attachment; "
    "filename=\"retr.txt\"\n\n", ORIGINAL,
    "\n--0001144711-1699963200-1234MDaemon--\n")

add("bounce-gmail", head(
    "Delivery Status Notification (Failure)", "Mail Delivery Subsystem "
    "<mailer-daemon@example.org>", "marta@example.com", more=MIME +
    "Content-Type: multipart/report; boundary=\"000000000000ee33ff060a1c2d41\";"
    " report-type=delivery-status\nAuto-Submitted: auto-replied\n"),
    "\n--000000000000ee33ff060a1c2d41\nContent-Type: multipart/related; "
    "boundary=\"000000000000ee33ab060a1c2d42\"\n\n"
    "--000000000000ee33ab060a1c2d42\nContent-Type: multipart/alternative; "
    "boundary=\"000000000000ee33cd060a1c2d43\"\n\n"
    "--000000000000ee33cd060a1c2d43\nContent-Type: text/plain; charset=\"UTF-8\""
    "\n\n** Address not found **\n\n--000000000000ee33cd060a1c2d43\n"
    "Content-Type: text/html; charset=\"UTF-8\"\n\n<html><body>Address not found"
    "</body></html>\n\n--000000000000ee33cd060a1c2d43--\n"
    "--000000000000ee33ab060a1c2d42--\n--000000000000ee33ff060a1c2d41\n"
    "Content-Type: message/delivery-status\n\n", STATUS,
    "\n--000000000000ee33ff060a1c2d41\nContent-Type: message/rfc822\n\n",
    ORIGINAL, "\n", PROSE, "\n--000000000000ee33ff060a1c2d41--\n")

add("bounce-courier", head(
    "NOTICE: mail delivery status.", "\"Courier mail server at mx.example.com\" "
    "<@>", "marta@example.com", more=MIME + "Content-Type: multipart/report; "
    "report-type=delivery-status;\n    boundary=\"=_courier-0\"\n"
    "Content-Transfer-Encoding: 7bit\n"),
    "\nThis is a delivery status notification in MIME format.\n\n--=_courier-0\n"
    "Content-Transfer-Encoding: 7bit\nContent-Type: text/plain; charset=us-ascii"
    "\n\nThis is a delivery status notification from mx.example.com.\n\n"
    "--=_courier-0\nContent-Type: message/delivery-status\n"
    "Content-Transfer-Encoding: 7bit\n\n", STATUS,
    "\n--=_courier-0\nContent-Type: text/rfc822-headers; charset=us-ascii\n"
    "Content-Disposition: attachment\nContent-Transfer-Encoding: 7bit\n\n",
    ORIGINAL, "\n--=_courier-0--\n")

add("mdn-deleted-outlook", head(
    "Not read: Readings", "Jon <jon@example.net>", "marta@example.com",
    more=MIME + "Content-Type: multipart/report;\n\treport-type=disposition-"
    "notification;\n\tboundary=\"_000_ABCD0001_\"\n"),
    "\n--_000_ABCD0001_\nContent-Type: text/plain; charset=\"us-ascii\"\n\nYour "
    "message was deleted without being read.\n\n--_000_ABCD0001_\n"
    "Content-Type: message/disposition-notification\n\nFinal-recipient: RFC822; "
    "jon@example.net\nDisposition: automatic-action/MDN-sent-automatically; "
    "deleted\n\n--_000_ABCD0001_--\n")

add("vacation", head(
    "Automatische Antwort: Readings", "jon@example.net", "marta@example.com",
    more=NULL + "Precedence: bulk\n" + MIME + "Content-Type: text/plain; "
    "charset=utf-8\nContent-Transfer-Encoding: 8bit\nX-Mailer: Dovecot "
    "Sieve\n"), "\nIch bin bis Montag außer Haus.\n")

add("read-receipt-plain", head("Return Receipt", "jon@example.net"),
    "\nYour message was received.\n\nSubject: Readings\nDate: 14.11.2023\n")
