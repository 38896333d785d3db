# SPDX-License-Identifier: ISC
"""Mail that programs write: newsletters, tickets, reports, devices."""
from material import (DOCX, JPEG, MIME, MP3, PDF, PNG, PROSE, TIFF, WAV, ZIP,
                      add, b64, calendar, gzip, head, qp, word)

HTML = ("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\">\n"
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>News</title>"
        "<style type=\"text/css\">\nbody { margin: 0; }\n</style></head>\n"
        "<body><table width=\"600\"><tr><td>News of the month</td></tr></table>"
        "\n</body></html>\n")

# --- newsletters ------------------------------------------------------------------

add("newsletter-campaign", head(
    "The news of November", "Example Shop <news@example.com>",
    more="Return-Path: <bounce-mc.us1_1234.5678@example.net>\nX-Campaign: "
    "mailchimp0a1b2c3d.4e5f6a7b8c\nList-Unsubscribe: <https://example.com/u?e="
    "0a1b>, <mailto:unsubscribe-0a1b@example.com?subject=unsubscribe>\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\nContent-Type: "
    "multipart/alternative; boundary=\"_----------=_MCPart_1234567890\"\n" +
    MIME),
    "\nThis is a multi-part message in MIME format\n\n"
    "--_----------=_MCPart_1234567890\nContent-Type: text/plain; charset="
    "\"utf-8\"; format=\"fixed\"\nContent-Transfer-Encoding: quoted-printable\n"
    "\n", qp("** The news of November\n" + "-" * 60 + "\n\nRead it in your "
             "browser: https://example.com/n?x=1&y=2\n\n" + "=" * 30 + "\n"),
    "\n--_----------=_MCPart_1234567890\nContent-Type: text/html; charset="
    "\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\n", qp(HTML),
    "\n--_----------=_MCPart_1234567890--\n")

add("newsletter-long-lines", head(
    "Offers", "shop@example.com", more=MIME + "Content-Type: text/html; "
    "charset=utf-8\nContent-Transfer-Encoding: 8bit\n"),
    "\n<html><body>", "<td style=\"padding:0;margin:0\">Angebot für Sie</td>" *
    40, "</body></html>\n")

add("newsletter-base64", head(
    word("Neues für Sie"), "news@example.com", more=MIME + "Content-Type: "
    "text/html; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n"),
    "\n", b64(HTML))

add("ses-notification", head(
    "Your invoice", "Example <no-reply@example.com>",
    ident="0102018bcf0a1b2c-3d4e5f60-7182-93a4-b5c6-d7e8f9a0b1c2-000000@eu-west"
    "-1.example.net",
    more=MIME + "Content-Type: multipart/mixed; \n\tboundary=\"----=_Part_"
    "1234_567.1699963200123\"\nX-SES-Outgoing: 2023.11.14-192.0.2.10\n"),
    "\n------=_Part_1234_567.1699963200123\nContent-Type: multipart/related; \n"
    "\tboundary=\"----=_Part_1235_568.1699963200124\"\n\n"
    "------=_Part_1235_568.1699963200124\nContent-Type: text/html;charset=UTF-8"
    "\nContent-Transfer-Encoding: quoted-printable\n\n", qp(HTML),
    "------=_Part_1235_568.1699963200124\nContent-Type: image/png\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: inline\n"
    "Content-ID: <logo>\n\n", b64(PNG),
    "------=_Part_1235_568.1699963200124--\n\n"
    "------=_Part_1234_567.1699963200123\nContent-Type: application/pdf; "
    "name=invoice-4711.pdf\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=invoice-4711.pdf\n\n", b64(PDF),
    "------=_Part_1234_567.1699963200123--\n")

add("sendgrid", head(
    "Confirm your address", "Example <hello@example.org>",
    more="Content-Type: multipart/alternative; boundary=4f3e2d1c0b9a8f7e6d5c4b3"
    "a29181706f5e4d3c2b1a09f8e7d6c5b4a\n" + MIME + "X-SG-EID: " + "aB3" * 20 +
    "\n X-Feedback-ID continued\n"),
    "\n--4f3e2d1c0b9a8f7e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a\n"
    "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; "
    "charset=us-ascii\nMime-Version: 1.0\n\n",
    qp("Confirm: https://example.org/c?t=abc=\n"),
    "--4f3e2d1c0b9a8f7e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a\n"
    "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html; "
    "charset=us-ascii\nMime-Version: 1.0\n\n", qp(HTML),
    "--4f3e2d1c0b9a8f7e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a--\n")

# --- web applications -------------------------------------------------------------

add("php-mail", head(
    "Contact form", "www-data@example.com",
    more="X-PHP-Originating-Script: 33:contact.php\n"),
    "\nName: Jon\nEmail: jon@example.net\nMessage: Please call me back.\n")

add("php-by-hand", head(
    "Your order", "shop@example.com",
    more="MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"PHP-"
    "mixed-d41d8cd98f00b204e9800998ecf8427e\"\n"),
    "\n--PHP-mixed-d41d8cd98f00b204e9800998ecf8427e\n"
    "Content-Type: text/plain; charset=\"iso-8859-1\"\n"
    "Content-Transfer-Encoding: 7bit\n\nYour order is attached.\n\n"
    "--PHP-mixed-d41d8cd98f00b204e9800998ecf8427e\n"
    "Content-Type: application/zip; name=\"order.zip\"\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n",
    b64(ZIP), "\n--PHP-mixed-d41d8cd98f00b204e9800998ecf8427e--\n\n")

add("phpmailer", head(
    "Password reset", "Example <noreply@example.com>",
    more="X-Mailer: PHPMailer 6.8.1 (https://github.com/PHPMailer/PHPMailer)\n" +
    MIME + "Content-Type: multipart/mixed;\n boundary=\"b1=_Qx9kL2mN7pR4sT6vW8y"
    "Z0aB3cD5eF1gH\"\nContent-Transfer-Encoding: 8bit\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "--b1=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH\nContent-Type: multipart/"
    "alternative;\n boundary=\"b2=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH\"\n\n"
    "--b2=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH\nContent-Type: text/plain; "
    "charset=us-ascii\n\nReset it here.\n\n\n"
    "--b2=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH\nContent-Type: text/html; "
    "charset=us-ascii\n\n<p>Reset it here.</p>\n\n\n\n"
    "--b2=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH--\n\n"
    "--b1=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH\nContent-Type: application/pdf; "
    "name=terms.pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: "
    "attachment; filename=terms.pdf\n\n", b64(PDF), "\n\n"
    "--b1=_Qx9kL2mN7pR4sT6vW8yZ0aB3cD5eF1gH--\n\n")

add("symfony-mailer", head(
    word("Ihre Bestellung", kind="Q"), "shop@example.com", more=MIME +
    "Content-Type: multipart/alternative; boundary=aB3dE5fG\n"),
    "\n--aB3dE5fG\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n\n", qp("Danke für alles\n"),
    "--aB3dE5fG\nContent-Type: text/html; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n\n", qp(HTML),
    "--aB3dE5fG--\n")

add("django", head(
    "[shop] Error", more="Content-Type: multipart/mixed; boundary=\"==========="
    "====1234567890123456789==\"\n" + MIME),
    "\n--===============1234567890123456789==\nContent-Type: multipart/"
    "alternative; boundary=\"===============9876543210987654321==\"\nMIME-"
    "Version: 1.0\n\n--===============9876543210987654321==\n"
    "Content-Type: text/plain; charset=\"utf-8\"\nMIME-Version: 1.0\n"
    "Content-Transfer-Encoding: 7bit\n\nTraceback (most recent call last):\n  "
    "File \"shop.py\", line 1\nValueError: x\n"
    "--===============9876543210987654321==\nContent-Type: text/html; charset="
    "\"utf-8\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n\n", HTML,
    "--===============9876543210987654321==--\n\n"
    "--===============1234567890123456789==--\n")

add("javamail", head(
    more=MIME + "Content-Type: multipart/mixed; \n\tboundary=\"----=_Part_0_12"
    "34.1699963200000\"\n"),
    "\n------=_Part_0_1234.1699963200000\nContent-Type: text/plain; "
    "charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\nReport\n"
    "------=_Part_0_1234.1699963200000\nContent-Type: application/octet-stream;"
    " name=report.csv\nContent-Transfer-Encoding: 7bit\nContent-Disposition: "
    "attachment; filename=report.csv\n\nday,value\n1,20.5\n\n"
    "------=_Part_0_1234.1699963200000--\n")

add("dotnet", head(
    more=MIME + "Content-Type: multipart/mixed;\n boundary=--boundary_0_0a1b2c3"
    "d-4e5f-6071-8293-a4b5c6d7e8f9\n"),
    "\n\n----boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\n"
    "Content-Type: text/plain; charset=us-ascii\n"
    "Content-Transfer-Encoding: quoted-printable\n\nThe report is attached.\n"
    "----boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\n"
    "Content-Type: application/octet-stream; name=report.pdf\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n",
    b64(PDF), "----boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9--\n\n")

add("nodemailer", head(
    more="Content-Type: multipart/alternative;\n boundary=\"--_NmP-0a1b2c3d4e5f"
    "6071-Part_1\"\n" + MIME),
    "\n----_NmP-0a1b2c3d4e5f6071-Part_1\nContent-Type: text/plain; charset="
    "utf-8\nContent-Transfer-Encoding: 7bit\n\nHello\n"
    "----_NmP-0a1b2c3d4e5f6071-Part_1\nContent-Type: text/calendar; "
    "charset=utf-8; method=REQUEST\nContent-Transfer-Encoding: base64\n\n",
    b64(calendar("REQUEST")), "----_NmP-0a1b2c3d4e5f6071-Part_1--\n")

add("code-review", head(
    "[example/pump] Open the valve slowly (PR #17)",
    "Jon <notifications@example.net>", "example/pump <pump@noreply.example.net>",
    more=MIME + "Content-Type: multipart/alternative;\n boundary=\"--==_mimepart"
    "_6553a1b2c3d4e_1a2b3c4d5e6f\";\n charset=UTF-8\nContent-Transfer-Encoding: "
    "7bit\nPrecedence: list\nX-Auto-Response-Suppress: All\n"),
    "\n\n----==_mimepart_6553a1b2c3d4e_1a2b3c4d5e6f\nContent-Type: text/plain;\n "
    "charset=UTF-8\nContent-Transfer-Encoding: 7bit\n\n@jon commented:\n\n> @@ "
    "-10,7 +10,7 @@\n> -\treturn v->open(v, 0);\n> +\treturn v->open(v, 1);\n\n"
    "Why?\n\n-- \nReply to this email directly or view it on the site\n"
    "----==_mimepart_6553a1b2c3d4e_1a2b3c4d5e6f\nContent-Type: text/html;\n "
    "charset=UTF-8\nContent-Transfer-Encoding: 7bit\n\n", HTML,
    "----==_mimepart_6553a1b2c3d4e_1a2b3c4d5e6f--\n")

add("ticket-reply-above", head(
    "[Ticket#2023111410000017] Pump", "Support <support@example.com>",
    more=MIME + "X-Mailer: OTRS Mail Service (6.0.38)\nContent-Type: multipart/"
    "mixed; boundary=\"----------=_1699963200-4711-3\"\nContent-Transfer-"
    "Encoding: binary\n"),
    "\nThis is a multi-part message in MIME format...\n\n"
    "------------=_1699963200-4711-3\nContent-Type: text/plain; charset=utf-8; "
    "format=flowed\nContent-Disposition: inline\nContent-Transfer-Encoding: "
    "7bit\n\n##- Please type your reply above this line -##\n\n", PROSE,
    "------------=_1699963200-4711-3\nContent-Type: image/jpeg; name="
    "\"photo.jpg\"\nContent-Disposition: attachment; filename=\"photo.jpg\"\n"
    "Content-Transfer-Encoding: base64\n\n", b64(JPEG),
    "\n------------=_1699963200-4711-3--\n")

add("request-tracker", head(
    "[example.com #4711] Pump", "\"Jon via RT\" <rt@example.com>",
    more="RT-Ticket: example.com #4711\n" + MIME + "Content-Type: multipart/"
    "mixed; boundary=\"----------=_1699963201-4712-0\"\n"),
    "\n------------=_1699963201-4712-0\nContent-Type: multipart/alternative; "
    "boundary=\"----------=_1699963201-4712-1\"\n\n"
    "------------=_1699963201-4712-1\nContent-Type: text/plain; charset=\"utf-8"
    "\"\nContent-Transfer-Encoding: 8bit\n\nGrüße\n"
    "------------=_1699963201-4712-1\nContent-Type: text/html; charset=\"utf-8\""
    "\nContent-Transfer-Encoding: 8bit\n\n<pre>Grüße</pre>\n"
    "------------=_1699963201-4712-1--\n\n------------=_1699963201-4712-0--\n")

add("shop-order-pdf-ics", head(
    "Your booking X4K7PQ", "Example Air <booking@example.com>", more=MIME +
    "Content-Type: multipart/mixed; boundary=\"_=aspNetEmail=_0a1b2c3d4e5f6071"
    "8293a4b5\"\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "--_=aspNetEmail=_0a1b2c3d4e5f60718293a4b5\nContent-Type: text/html; "
    "charset=\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp(HTML), "\n--_=aspNetEmail=_0a1b2c3d4e5f60718293a4b5\nContent-Type: "
    "application/pdf; name=\"E-Ticket X4K7PQ.pdf\"\nContent-Transfer-Encoding: "
    "base64\nContent-Disposition: attachment; filename=\"E-Ticket X4K7PQ.pdf\""
    "\n\n", b64(PDF), "\n--_=aspNetEmail=_0a1b2c3d4e5f60718293a4b5\n"
    "Content-Type: text/calendar; name=\"flight.ics\"; charset=utf-8\n"
    "Content-Disposition: attachment; filename=\"flight.ics\"\n"
    "Content-Transfer-Encoding: 8bit\n\n", calendar("PUBLISH", "Flug nach Köln"),
    "\n--_=aspNetEmail=_0a1b2c3d4e5f60718293a4b5--\n")

# --- servers ----------------------------------------------------------------------

add("cron", head(
    "Cron <root@mx> /usr/local/sbin/backup", "root (Cron Daemon)", "root",
    more="MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nX-Cron-Env: <SHELL=/bin/sh>\nX-Cron-Env: "
    "<HOME=/root>\nX-Cron-Env: <PATH=/usr/bin:/bin>\n"),
    "\n/usr/local/sbin/backup: 12: tar: Datei geändert\n")

add("logwatch", head(
    "Logwatch for mx (Linux)", "logwatch@example.com", "root@example.com",
    more="Precedence: bulk\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n"
    "Content-Type: text/plain; charset=\"iso-8859-1\"\n"),
    "\n \n ################### Logwatch 7.7 (07/22/22) ####################\n"
    " --------------------- pam_unix Begin ------------------------ \n\n"
    " sshd:\n    Sessions Opened:\n       root: 3 Time(s)\n\n"
    " ---------------------- pam_unix End ------------------------- \n\n"
    "------------------------------------------------------------\n"
    "--- Disk Space ---\n-- \n--\n /dev/sda1  20G  11G  8.4G  57% /\n"
    "------------------------------------------------------------\n"
    " ###################### Logwatch End #########################\n")

add("mysqldump-log", head(
    "dump", "root@example.com", "root@example.com"),
    "\n-- MySQL dump 10.19  Distrib 10.11.4-MariaDB\n--\n-- Host: localhost\n"
    "-- ------------------------------------------------------\n"
    "-- Server version\t10.11.4\n\n--\n-- Table structure for table `pump`\n--\n"
    "\nCREATE TABLE `pump` (id int);\n-- Dump completed on 2023-11-14\n")

add("backup-report", head(
    "Backup: OK", "backup@example.com", more=MIME + "Content-Type: "
    "multipart/mixed; boundary=\"=-=-=-=-backup-1699963200\"\n"),
    "\n--=-=-=-=-backup-1699963200\nContent-Type: text/plain\n\n"
    "  source   size   state\n  ------   ----   -----\n  /home    12G    ok\n"
    "--------------------------------\n--=-=-= end of report =-=-=--\n"
    "--=-=-=-=-backup-1699963200\nContent-Type: application/gzip\n"
    "Content-Disposition: attachment; filename=backup.log.gz\n"
    "Content-Transfer-Encoding: base64\n\n", b64(gzip(b"all is well\n" * 20,
                                                   b"backup.log")),
    "--=-=-=-=-backup-1699963200--\n")

add("fail2ban", head(
    "[Fail2Ban] sshd: banned 192.0.2.77", "fail2ban@example.com", "root"),
    "\nHi,\n\nThe IP 192.0.2.77 has just been banned by Fail2Ban.\n\nHere is "
    "more information about 192.0.2.77 :\n\n% This is a query service.\n\n"
    "inetnum:        192.0.2.0 - 192.0.2.255\nnetname:        TEST-NET-1\n"
    "remarks:        ---------------------------------------\n"
    "remarks:        From: to: nobody\n\nRegards,\nFail2Ban\n")

add("nagios", head(
    "** PROBLEM Service Alert: pump/temperature is CRITICAL **",
    "nagios@example.com"),
    "\n***** Nagios *****\n\nNotification Type: PROBLEM\n\nService: temperature"
    "\nHost: pump\nAddress: 192.0.2.5\nState: CRITICAL\n\nDate/Time: Tue Nov 14 "
    "12:00:00 CET 2023\n\nAdditional Info:\n\n81 C\n")

add("unattended-upgrades", head(
    "[reboot required] unattended-upgrades result for mx: SUCCESS",
    "root <root@example.com>", "root", more=MIME +
    "Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: "
    "quoted-printable\nAuto-Submitted: auto-generated\n"),
    "\n", qp("Unattended upgrade result: All upgrades installed\n\nPackages that"
             " were upgraded:\n libssl3 openssl\n\nPackage installation log:\n"
             "Log started: 2023-11-14  06:12:00\n(Reading database ... 5%\n"))

add("smartd", head(
    "SMART error (CurrentPendingSector) detected on host: mx",
    "root@example.com", "root@example.com"),
    "\nThis message was generated by the smartd daemon running on:\n\n   host "
    "name:  mx\n   DNS domain: example.com\n\nThe following warning/error was "
    "logged by the smartd daemon:\n\nDevice: /dev/sda [SAT], 8 Currently "
    "unreadable (pending) sectors\n")

add("dmarc-report", head(
    "Report domain: example.com Submitter: example.net Report-ID: <4711>",
    "noreply-dmarc@example.net", "dmarc@example.com", more=MIME +
    "Content-Type: application/gzip; \n\tname=\"example.net!example.com!169991"
    "8400!1700004799.xml.gz\"\nContent-Disposition: attachment; \n\tfilename="
    "\"example.net!example.com!1699918400!1700004799.xml.gz\"\nContent-Transfer"
    "-Encoding: base64\n"), "\n", b64(gzip(
        b"<?xml version=\"1.0\"?>\n<feedback><version>1.0</version></feedback>\n"
    )))

add("dmarc-report-zip", head(
    "Report Domain: example.com", "dmarc@example.org", "dmarc@example.com",
    more=MIME + "Content-Type: application/zip; name=example.org!example.com.zip"
    "\nContent-Disposition: attachment; filename=example.org!example.com.zip\n"
    "Content-Transfer-Encoding: base64\n"), "\n", b64(ZIP))

add("tls-report", head(
    "Report Domain: example.com Submitter: example.net Report-ID: <2023>",
    "tlsrpt@example.net", more=MIME + "TLS-Report-Domain: example.com\nTLS-"
    "Report-Submitter: example.net\nContent-Type: multipart/report; "
    "report-type=\"tlsrpt\";\n boundary=\"----=_NextPart_000_024E_01CC9B0A.AFE54"
    "C00\"\n"),
    "\nThis is a multipart message in MIME format.\n\n"
    "------=_NextPart_000_024E_01CC9B0A.AFE54C00\nContent-Type: text/plain; "
    "charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n\nThis is an "
    "aggregate TLS report.\n------=_NextPart_000_024E_01CC9B0A.AFE54C00\n"
    "Content-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment;\n filename=\"example.net!example.com!1699"
    "920000!1700006399!001.json.gz\"\n\n", b64(gzip(b"{\"policies\": []}\n")),
    "------=_NextPart_000_024E_01CC9B0A.AFE54C00--\n")

add("abuse-report", head(
    "FW: Earn money", "<abusedesk@example.net>", "<abuse@example.com>", more=MIME
    + "Content-Type: multipart/report; report-type=feedback-report;\n     "
    "boundary=\"part1_13d.2e68ed54_boundary\"\n"),
    "\n--part1_13d.2e68ed54_boundary\nContent-Type: text/plain; charset=\"US-"
    "ASCII\"\nContent-Transfer-Encoding: 7bit\n\nThis is an email abuse report "
    "for an email message received from IP\n192.0.2.1 on Tue, 14 Nov 2023.\n\n"
    "--part1_13d.2e68ed54_boundary\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
    "Source-IP: 192.0.2.1\n\n--part1_13d.2e68ed54_boundary\n"
    "Content-Type: message/rfc822\nContent-Disposition: inline\n\n",
    head("Earn money", "<somespammer@example.net>", "<Undisclosed Recipients>"),
    "\nSpam Spam Spam\nSpam Spam Spam\n--part1_13d.2e68ed54_boundary--\n")

# --- devices ----------------------------------------------------------------------

add("scan-to-mail", head(
    "Message from \"RNP002673ABCDEF\"", "scanner@example.com", more=MIME +
    "X-Mailer: MFP Mailer\nContent-Type: multipart/mixed;\n    boundary=\"DC_"
    "BOUND_PRE_<1699963200.00267abcdef>\"\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "--DC_BOUND_PRE_<1699963200.00267abcdef>\nContent-Type: text/plain; "
    "charset=ISO-8859-1\nContent-Transfer-Encoding: 7bit\n\nThis E-mail was sent"
    " from \"RNP002673ABCDEF\" (MP C3004).\n\nScan Date: 14.11.2023 12:00:00\n\n"
    "--DC_BOUND_PRE_<1699963200.00267abcdef>\nContent-Type: application/pdf; "
    "name=\"20231114120000.pdf\"\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=\"20231114120000.pdf\"\n\n",
    b64(PDF), "\n--DC_BOUND_PRE_<1699963200.00267abcdef>--\n\n")

add("scan-to-mail-quiet", head(
    "Scan from the second floor", "copier@example.com", more=MIME +
    "Content-Type: multipart/mixed; boundary=\"KONICA_MINOLTA_Internet_Fax_"
    "Boundary\"\nX-Mailer: KONICA MINOLTA bizhub C364e\n"),
    "\n--KONICA_MINOLTA_Internet_Fax_Boundary\nContent-Type: text/plain; "
    "charset=iso-8859-1\nContent-Transfer-Encoding: 7bit\n\n\n\n"
    "--KONICA_MINOLTA_Internet_Fax_Boundary\nContent-Type: application/pdf\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; "
    "filename=\"SKMBT_C36423111412000.pdf\"\n\n", b64(PDF),
    "\n--KONICA_MINOLTA_Internet_Fax_Boundary--\n")

add("fax", head(
    "Fax from 030 5550100", "fax@example.com", more=MIME + "Content-Type: "
    "multipart/mixed; boundary=\"FAX_1699963200\"\n"),
    "\n--FAX_1699963200\nContent-Type: text/plain\n\nOne page.\n\n"
    "--FAX_1699963200\nContent-Type: image/tiff; name=\"fax00017.tif\"\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; "
    "filename=\"fax00017.tif\"\n\n", b64(TIFF), "\n--FAX_1699963200--\n")

add("voice-mail", head(
    "Voice Message from +4930555010 (0:17)", "PBX <voicemail@example.com>",
    more=MIME + "Content-Type: multipart/voice-message; boundary=\"----voicemail"
    "_4711691799963200\"\nX-Asterisk-CallerID: 4930555010\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "------voicemail_4711691799963200\nContent-Type: text/plain; charset=ISO-"
    "8859-1\nContent-Transfer-Encoding: 8bit\n\nDear Marta,\n\n\tyou have a new "
    "message (number 1) in mailbox 100.\n\n------voicemail_4711691799963200\n"
    "Content-Type: audio/x-wav; name=\"msg0001.wav\"\nContent-Transfer-Encoding:"
    " base64\nContent-Description: Voicemail sound attachment.\nContent-"
    "Disposition: attachment; filename=\"msg0001.wav\"\n\n", b64(WAV, 72),
    "\n\n------voicemail_4711691799963200--\n.\n")

add("voice-mail-mp3", head(
    "New voicemail", "pbx@example.org", more=MIME + "Content-Type: audio/mpeg; "
    "name=msg.mp3\nContent-Transfer-Encoding: base64\nContent-Disposition: "
    "attachment; filename=msg.mp3\n"), "\n", b64(MP3))

add("sms-gateway", head(
    "SMS von +491700000000", "+491700000000@sms.example.net", more=MIME +
    "Content-Type: text/plain; charset=ISO-8859-15\nContent-Transfer-Encoding: "
    "8bit\n"), "\n", "Komme sp\xe4ter, 5 \xa4 reichen".encode("latin-1"))

add("mms-gateway", head(
    "", "+491700000000/TYPE=PLMN@mms.example.net", more=MIME + "Content-Type: "
    "multipart/related; boundary=\"==MMS_0A1B2C3D4E5F==\"; type=\"application/"
    "smil\"; start=\"<0.smil>\"\n"),
    "\n--==MMS_0A1B2C3D4E5F==\nContent-Type: application/smil; charset=\"utf-8\""
    "\nContent-ID: <0.smil>\nContent-Location: 0.smil\n\n<smil><head/><body><par>"
    "<img src=\"pump.jpg\"/></par></body></smil>\n--==MMS_0A1B2C3D4E5F==\n"
    "Content-Type: image/jpeg; name=pump.jpg\nContent-ID: <pump.jpg>\n"
    "Content-Location: pump.jpg\nContent-Transfer-Encoding: base64\n\n",
    b64(JPEG), "--==MMS_0A1B2C3D4E5F==--\n")

add("ups", head("UPS: On battery power", "APC UPS <ups@example.com>"),
    "\n\nDate: 11/14/2023\nTime: 12:00:00\nCode: 0x0109\n\nWarning - UPS: On "
    "battery power in response to an input power problem.\n")

add("journal-report", head(
    "FW: Readings", "journal@example.com", "archive@example.com", more=MIME +
    "X-MS-Journal-Report:\nContent-Type: multipart/mixed; boundary=\"_B0A1B2C3-"
    "D4E5-F607-1829-3A4B5C6D7E8F_\"\n"),
    "\n--_B0A1B2C3-D4E5-F607-1829-3A4B5C6D7E8F_\nContent-Type: text/plain; "
    "charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n\nSender: "
    "marta@example.com\nSubject: Readings\nMessage-Id: <4711@example.com>\n"
    "Recipient: jon@example.net\n\n\n--_B0A1B2C3-D4E5-F607-1829-3A4B5C6D7E8F_\n"
    "Content-Type: message/rfc822\n\n", head(more=MIME + "Content-Type: "
    "multipart/mixed; boundary=\"_004_inner0001_\"\n"),
    "\n--_004_inner0001_\nContent-Type: text/plain\n\n", PROSE,
    "--_004_inner0001_\nContent-Type: application/msword; name=\"minutes.docx\""
    "\nContent-Transfer-Encoding: base64\n\n", b64(DOCX),
    "--_004_inner0001_--\n\n--_B0A1B2C3-D4E5-F607-1829-3A4B5C6D7E8F_--\n")
