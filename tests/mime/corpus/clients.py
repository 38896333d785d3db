# SPDX-License-Identifier: ISC
"""Mail as people write it: the programs that they use."""
from material import (BMP, DOCX, GIF, JPEG, MIME, ODT, OLE, PATCH, PDF, PNG,
                      PROSE, RTF, VCARD, XLSX, ZIP, add, b64, calendar, head,
                      qp, tnef, word)

HTML = ("<html><head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; "
        "charset=utf-8\">\n</head><body><p>Good morning,</p>\n<p>the pump runs "
        "<b>again</b>; see the table.</p>\n</body></html>\n")

# --- Outlook and Exchange -------------------------------------------------------

OUTLOOK = ("X-Mailer: Microsoft Outlook 16.0\nThread-Index: "
           "AQHaFvAfq7gKQyZ0o0mD5xY7p1c3bw==\nContent-Language: de\n")

add("outlook-plain", head(more=MIME + "Content-Type: text/plain;\n\t"
    "charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n" + OUTLOOK),
    "\n", PROSE)

ALT = ("This is a multipart message in MIME format.\n\n"
       "------=_NextPart_000_0001_01DA16F0.1F2E3D40\n"
       "Content-Type: text/plain;\n\tcharset=\"utf-8\"\n"
       "Content-Transfer-Encoding: quoted-printable\n\n" +
       qp("Guten Tag,\n\ndie Pumpe läuft wieder; die Werte stehen in der "
          "Tabelle, die ich morgen schicke.\n\nGrüße\nMarta\n") +
       "\n------=_NextPart_000_0001_01DA16F0.1F2E3D40\n"
       "Content-Type: text/html;\n\tcharset=\"utf-8\"\n"
       "Content-Transfer-Encoding: quoted-printable\n\n" + qp(HTML) +
       "\n------=_NextPart_000_0001_01DA16F0.1F2E3D40--\n")
add("outlook-alternative", head(
    more=MIME + "Content-Type: multipart/alternative;\n\tboundary=\"----="
    "_NextPart_000_0001_01DA16F0.1F2E3D40\"\n" + OUTLOOK), "\n", ALT, "\n")

add("outlook-attachment", head(
    more=MIME + "Content-Type: multipart/mixed;\n\tboundary=\"----=_NextPart_"
    "000_0005_01DA16F1.55443322\"\n" + OUTLOOK),
    "\nThis is a multipart message in MIME format.\n\n"
    "------=_NextPart_000_0005_01DA16F1.55443322\n"
    "Content-Type: multipart/alternative;\n\tboundary=\"----=_NextPart_001_0006"
    "_01DA16F1.55443322\"\n\n\n"
    "------=_NextPart_001_0006_01DA16F1.55443322\n"
    "Content-Type: text/plain;\n\tcharset=\"iso-8859-1\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n",
    qp("Grüße aus Köln\n", "iso-8859-1"),
    "\n------=_NextPart_001_0006_01DA16F1.55443322\n"
    "Content-Type: text/html;\n\tcharset=\"iso-8859-1\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n", qp(HTML),
    "\n------=_NextPart_001_0006_01DA16F1.55443322--\n\n"
    "------=_NextPart_000_0005_01DA16F1.55443322\n"
    "Content-Type: application/pdf;\n\tname=\"Rechnung 2023-11.pdf\"\n"
    "Content-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment;\n\tfilename=\"Rechnung 2023-11.pdf\"\n\n",
    b64(PDF), "\n------=_NextPart_000_0005_01DA16F1.55443322--\n\n")

add("outlook-related", head(
    more=MIME + "Content-Type: multipart/related;\n\tboundary=\"_004_VI1PR01"
    "MB0001abcdefVI1PR01MB0001eurp_\";\n\ttype=\"multipart/alternative\"\n" +
    OUTLOOK),
    "\n--_004_VI1PR01MB0001abcdefVI1PR01MB0001eurp_\n"
    "Content-Type: multipart/alternative;\n\tboundary=\"_000_VI1PR01MB0001"
    "abcdefVI1PR01MB0001eurp_\"\n\n"
    "--_000_VI1PR01MB0001abcdefVI1PR01MB0001eurp_\n"
    "Content-Type: text/plain; charset=\"Windows-1252\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n",
    qp("See the picture – it is from today.\n\n[cid:image001.png@01DA16F0]\n",
       "windows-1252"),
    "\n--_000_VI1PR01MB0001abcdefVI1PR01MB0001eurp_\n"
    "Content-Type: text/html; charset=\"Windows-1252\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n",
    qp("<html><body><img src=\"cid:image001.png@01DA16F0\"></body></html>\n"),
    "\n--_000_VI1PR01MB0001abcdefVI1PR01MB0001eurp_--\n\n"
    "--_004_VI1PR01MB0001abcdefVI1PR01MB0001eurp_\n"
    "Content-Type: image/png; name=\"image001.png\"\n"
    "Content-Description: image001.png\n"
    "Content-Disposition: inline; filename=\"image001.png\"; size=70;\n"
    "\tcreation-date=\"Tue, 14 Nov 2023 11:00:00 GMT\";\n"
    "\tmodification-date=\"Tue, 14 Nov 2023 11:00:00 GMT\"\n"
    "Content-ID: <image001.png@01DA16F0>\nContent-Transfer-Encoding: base64\n\n",
    b64(PNG), "\n--_004_VI1PR01MB0001abcdefVI1PR01MB0001eurp_--\n")

add("outlook-encoded-word-name", head(
    more=MIME + "Content-Type: multipart/mixed;\n\tboundary=\"----=_NextPart_"
    "000_000A_01DA16F2.01020304\"\n" + OUTLOOK),
    "\nThis is a multipart message in MIME format.\n\n"
    "------=_NextPart_000_000A_01DA16F2.01020304\n"
    "Content-Type: text/plain;\n\tcharset=\"us-ascii\"\n"
    "Content-Transfer-Encoding: 7bit\n\n", PROSE,
    "\n------=_NextPart_000_000A_01DA16F2.01020304\n"
    "Content-Type: application/vnd.openxmlformats-officedocument."
    "wordprocessingml.document;\n\tname=\"",
    word("Übersicht für Zürich.docx"), "\"\n"
    "Content-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment;\n\tfilename=\"",
    word("Übersicht für Zürich.docx"), "\"\n\n", b64(DOCX),
    "\n------=_NextPart_000_000A_01DA16F2.01020304--\n\n")

add("outlook-encoded-word-long", head(
    more=MIME + "Content-Type: multipart/mixed;\n\tboundary=\"----=_NextPart_"
    "000_000B_01DA16F2.01020304\"\n" + OUTLOOK),
    "\n------=_NextPart_000_000B_01DA16F2.01020304\n"
    "Content-Type: text/plain; charset=\"us-ascii\"\n\n", PROSE,
    "\n------=_NextPart_000_000B_01DA16F2.01020304\n"
    "Content-Type: application/vnd.ms-excel;\n\tname=\"",
    word("Auswertung der Messreihen für"), "\n\t",
    word(" das zweite Halbjahr.xls"), "\"\n"
    "Content-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment;\n\tfilename=\"",
    word("Auswertung der Messreihen für"), "\n\t",
    word(" das zweite Halbjahr.xls"), "\"\n\n", b64(OLE),
    "\n------=_NextPart_000_000B_01DA16F2.01020304--\n")

add("exchange-winmail", head(
    more=MIME + "Content-Type: multipart/mixed;\n\tboundary=\"_002_AM0PR0001"
    "eurprd_\"\nX-MS-Has-Attach: yes\nX-MS-TNEF-Correlator: <4711@example.com>"
    "\n"),
    "\n--_002_AM0PR0001eurprd_\nContent-Type: text/plain; charset=\"us-ascii\""
    "\nContent-Transfer-Encoding: quoted-printable\n\n", PROSE,
    "\n--_002_AM0PR0001eurprd_\nContent-Disposition: attachment; "
    "filename=\"winmail.dat\"\nContent-Transfer-Encoding: base64\n"
    "Content-Type: application/ms-tnef; name=\"winmail.dat\"\n\n",
    b64(tnef(("readings.pdf", PDF))), "\n--_002_AM0PR0001eurprd_--\n")

add("exchange-winmail-octets", head(
    more=MIME + "Content-Type: multipart/mixed; boundary=\"----_=_NextPart_001"
    "_01C41F\"\n"),
    "\nThis message is in MIME format. Since your mail reader does not "
    "understand\nthis format, some or all of this message may not be legible."
    "\n\n------_=_NextPart_001_01C41F\nContent-Type: text/plain\n\n", PROSE,
    "\n------_=_NextPart_001_01C41F\nContent-Type: application/octet-stream;"
    "\n\tname=\"winmail.dat\"\nContent-Transfer-Encoding: base64\n\n",
    b64(tnef(message_class="IPM.Schedule.Meeting.Request")),
    "\n------_=_NextPart_001_01C41F--\n")

add("exchange-meeting", head(
    "Pump review", more=MIME + "Content-Type: multipart/alternative;\n\t"
    "boundary=\"_000_AM0PR0002meeting_\"\nContent-Class: urn:content-classes:"
    "calendarmessage\n"),
    "\n--_000_AM0PR0002meeting_\nContent-Type: text/plain; charset=\"utf-8\"\n"
    "Content-Transfer-Encoding: base64\n\n", b64(PROSE),
    "\n--_000_AM0PR0002meeting_\nContent-Type: text/html; charset=\"utf-8\"\n"
    "Content-Transfer-Encoding: base64\n\n", b64(HTML),
    "\n--_000_AM0PR0002meeting_\nContent-Type: text/calendar; charset="
    "\"utf-8\"; method=REQUEST\nContent-Transfer-Encoding: base64\n\n",
    b64(calendar("REQUEST").replace("\n", "\r\n")),
    "\n--_000_AM0PR0002meeting_--\n")

add("outlook-rich-text", head(
    more=MIME + "Content-Type: multipart/mixed; boundary=\"----=_NextPart_000_"
    "0010_01C41F.AABBCCDD\"\nX-MSMail-Priority: Normal\nX-MimeOLE: Produced By "
    "Microsoft MimeOLE V6.00.2900.2180\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "------=_NextPart_000_0010_01C41F.AABBCCDD\n"
    "Content-Type: text/plain;\n\tformat=flowed;\n\tcharset=\"iso-8859-1\";\n\t"
    "reply-type=original\nContent-Transfer-Encoding: 7bit\n\n", PROSE,
    "------=_NextPart_000_0010_01C41F.AABBCCDD\n"
    "Content-Type: application/rtf;\n\tname=\"minutes.rtf\"\n"
    "Content-Transfer-Encoding: quoted-printable\n"
    "Content-Disposition: attachment;\n\tfilename=\"minutes.rtf\"\n\n",
    qp(RTF.decode().replace("\r\n", "\n")),
    "\n------=_NextPart_000_0010_01C41F.AABBCCDD--\n")

# --- services with a web mail ------------------------------------------------------

add("gmail-alternative", head(
    ident="CAAbc=def+ghi@mail.example.com",
    more=MIME + "Content-Type: multipart/alternative; boundary=\"000000000000"
    "7c3b5a060a1c2d3e\"\n"),
    "\n--0000000000007c3b5a060a1c2d3e\nContent-Type: text/plain; charset="
    "\"UTF-8\"\n\n", PROSE,
    "\n--0000000000007c3b5a060a1c2d3e\nContent-Type: text/html; charset="
    "\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp("<div dir=\"ltr\">Good morning – the pump runs.<br></div>\n"),
    "\n--0000000000007c3b5a060a1c2d3e--\n")

add("gmail-attachment", head(
    more=MIME + "Content-Type: multipart/mixed; boundary=\"000000000000aa11bb"
    "060a1c2d3f\"\n"),
    "\n--000000000000aa11bb060a1c2d3f\nContent-Type: multipart/alternative; "
    "boundary=\"000000000000aa11b9060a1c2d3d\"\n\n"
    "--000000000000aa11b9060a1c2d3d\nContent-Type: text/plain; charset=\"UTF-8"
    "\"\n\nsee attached\n\n--000000000000aa11b9060a1c2d3d\n"
    "Content-Type: text/html; charset=\"UTF-8\"\n\n"
    "<div dir=\"ltr\">see attached</div>\n\n"
    "--000000000000aa11b9060a1c2d3d--\n--000000000000aa11bb060a1c2d3f\n"
    "Content-Type: application/vnd.openxmlformats-officedocument."
    "spreadsheetml.sheet; \n\tname=\"readings.xlsx\"\n"
    "Content-Disposition: attachment; filename=\"readings.xlsx\"\n"
    "Content-Transfer-Encoding: base64\nContent-ID: <f_loy1abcd0>\n"
    "X-Attachment-Id: f_loy1abcd0\n\n", b64(XLSX).rstrip("\n"),
    "\n--000000000000aa11bb060a1c2d3f--\n")

add("gmail-inline-image", head(
    more=MIME + "Content-Type: multipart/related; boundary=\"000000000000cc22dd"
    "060a1c2d40\"\n"),
    "\n--000000000000cc22dd060a1c2d40\nContent-Type: multipart/alternative; "
    "boundary=\"000000000000cc22db060a1c2d3e\"\n\n"
    "--000000000000cc22db060a1c2d3e\nContent-Type: text/plain; charset=\"UTF-8"
    "\"\nContent-Transfer-Encoding: base64\n\n", b64("[image: Pumpe.gif] schön\n"),
    "--000000000000cc22db060a1c2d3e\nContent-Type: text/html; charset=\"UTF-8\""
    "\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp("<img src=\"cid:ii_loy2\" alt=\"Pumpe.gif\">\n"),
    "--000000000000cc22db060a1c2d3e--\n--000000000000cc22dd060a1c2d40\n"
    "Content-Type: image/gif; name=\"Pumpe.gif\"\nContent-Disposition: inline; "
    "filename=\"Pumpe.gif\"\nContent-Transfer-Encoding: base64\n"
    "X-Attachment-Id: ii_loy2\nContent-ID: <ii_loy2>\n\n", b64(GIF),
    "--000000000000cc22dd060a1c2d40--\n")

add("gmail-forward", head(
    "Fwd: Readings", more=MIME + "Content-Type: text/plain; charset=\"UTF-8\"\n"
    "Content-Transfer-Encoding: quoted-printable\n"),
    "\n", qp("FYI\n\n---------- Forwarded message ---------\nFrom: Jon Weiß "
             "<jon@example.net>\nDate: Mon, 13 Nov 2023 at 09:00\nSubject: "
             "Readings\nTo: <marta@example.com>\n\n" + PROSE))

add("yahoo-alternative", head(
    more=MIME + "Content-Type: multipart/alternative; \n\tboundary=\"----=_Part"
    "_1234567_890123456.1699963200000\"\nReferences: <1234567.890123456."
    "1699963200000.ref@mail.example.com>\nX-Mailer: WebService/1.1.21890 "
    "YMailNorrin\n"),
    "\n------=_Part_1234567_890123456.1699963200000\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 7bit\n\n", PROSE,
    "\n------=_Part_1234567_890123456.1699963200000\n"
    "Content-Type: text/html; charset=UTF-8\n"
    "Content-Transfer-Encoding: 7bit\n\n", HTML,
    "\n------=_Part_1234567_890123456.1699963200000--\n")

add("zimbra-attachment", head(
    more=MIME + "Content-Type: multipart/mixed; \n\tboundary=\"----=_Part_42_"
    "17.1699963200001\"\nX-Mailer: Zimbra 8.8.15_GA_4562 (ZimbraWebClient)\n"),
    "\n------=_Part_42_17.1699963200001\nContent-Type: text/plain; "
    "charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n", PROSE,
    "\n------=_Part_42_17.1699963200001\nContent-Type: application/"
    "vnd.oasis.opendocument.text; \n\tname*=UTF-8''Protokoll%20M%C3%A4rz.odt\n"
    "Content-Disposition: attachment; \n\tfilename*=UTF-8''Protokoll%20M%C3%A4"
    "rz.odt\nContent-Transfer-Encoding: base64\n\n", b64(ODT),
    "------=_Part_42_17.1699963200001--\n")

add("roundcube-alternative", head(
    more=MIME + "Content-Type: multipart/alternative;\n boundary=\"=_5d0a1b2c3d"
    "4e5f60718293a4b5c6d7e8\"\nUser-Agent: Roundcube Webmail/1.6.1\n"),
    "\n--=_5d0a1b2c3d4e5f60718293a4b5c6d7e8\nContent-Transfer-Encoding: 8bit\n"
    "Content-Type: text/plain; charset=UTF-8;\n format=flowed\n\n",
    "Schöne Grüße \naus Köln\n",
    "\n--=_5d0a1b2c3d4e5f60718293a4b5c6d7e8\nContent-Transfer-Encoding: "
    "quoted-printable\nContent-Type: text/html; charset=UTF-8\n\n",
    qp("<p>Schöne Grüße aus Köln</p>\n"),
    "\n--=_5d0a1b2c3d4e5f60718293a4b5c6d7e8--\n")

add("squirrelmail", head(
    more=MIME + "User-Agent: SquirrelMail/1.4.23\nContent-Type: text/plain;"
    "charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\nX-Priority: 3 (Normal"
    ")\nImportance: Normal\n"), "\n", "Grüße\n\nMarta\n".encode("latin-1")
    .replace(b"\n", b"\r\n"))

add("horde-signature", head(
    more=MIME + "User-Agent: Horde Application Framework 5\nContent-Type: "
    "multipart/mixed; boundary=\"=_x3Wm9QpKtR0aB1cD2eF3gA1\"\nContent-"
    "Disposition: inline\n"),
    "\nThis message is in MIME format.\n\n--=_x3Wm9QpKtR0aB1cD2eF3gA1\n"
    "Content-Type: text/plain; charset=utf-8; format=flowed; DelSp=Yes\n"
    "Content-Description: Textnachricht\nContent-Disposition: inline\n\n",
    PROSE, "\n--=_x3Wm9QpKtR0aB1cD2eF3gA1\nContent-Type: text/x-vcard; "
    "name=marta.vcf; charset=utf-8\nContent-Disposition: attachment; size=120; "
    "filename=marta.vcf\n\n", VCARD, "\n--=_x3Wm9QpKtR0aB1cD2eF3gA1--\n")

add("proton", head(
    more=MIME + "Feedback-ID: 1234567:user:proton\nContent-Type: multipart/"
    "alternative;\n boundary=\"b1_Jk3xQ9pLmN0vB7cT5yR2sA8dF4gH6jK\"\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "--b1_Jk3xQ9pLmN0vB7cT5yR2sA8dF4gH6jK\nContent-Type: text/plain; "
    "charset=utf-8\nContent-Transfer-Encoding: base64\n\n", b64(PROSE),
    "\n--b1_Jk3xQ9pLmN0vB7cT5yR2sA8dF4gH6jK\nContent-Type: text/html; "
    "charset=utf-8\nContent-Transfer-Encoding: base64\n\n", b64(HTML), "\n\n"
    "--b1_Jk3xQ9pLmN0vB7cT5yR2sA8dF4gH6jK--\n\n")

# --- Apple ------------------------------------------------------------------------

add("apple-plain", head(
    more="Content-Type: text/plain;\n\tcharset=us-ascii\n"
    "Content-Transfer-Encoding: 7bit\nMime-Version: 1.0 (Mac OS X Mail 16.0 "
    "\\(3731.700.6\\))\nX-Mailer: Apple Mail (2.3731.700.6)\n"), "\n", PROSE)

add("apple-related-in-alternative", head(
    more="Content-Type: multipart/alternative;\n\tboundary=\"Apple-Mail=_1A2B3C"
    "4D-0001-4E5F-8A9B-0C1D2E3F4A5B\"\nMime-Version: 1.0 (Mac OS X Mail 16.0 \\"
    "(3731.700.6\\))\nX-Mailer: Apple Mail (2.3731.700.6)\n"),
    "\n\n--Apple-Mail=_1A2B3C4D-0001-4E5F-8A9B-0C1D2E3F4A5B\n"
    "Content-Transfer-Encoding: 7bit\nContent-Type: text/plain;\n\t"
    "charset=us-ascii\n\n", PROSE,
    "\n--Apple-Mail=_1A2B3C4D-0001-4E5F-8A9B-0C1D2E3F4A5B\n"
    "Content-Type: multipart/related;\n\ttype=\"text/html\";\n\tboundary="
    "\"Apple-Mail=_6C7D8E9F-0002-4A1B-9C2D-3E4F5A6B7C8D\"\n\n\n"
    "--Apple-Mail=_6C7D8E9F-0002-4A1B-9C2D-3E4F5A6B7C8D\n"
    "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html;\n\t"
    "charset=utf-8\n\n", qp(HTML),
    "\n--Apple-Mail=_6C7D8E9F-0002-4A1B-9C2D-3E4F5A6B7C8D\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: inline;\n\t"
    "filename=IMG_0001.jpeg\nContent-Type: image/jpeg;\n\tx-unix-mode=0644;\n\t"
    "name=\"IMG_0001.jpeg\"\nContent-Id: <0E1F2A3B-4C5D-6E7F-8091-A2B3C4D5E6F7>"
    "\n\n", b64(JPEG),
    "\n--Apple-Mail=_6C7D8E9F-0002-4A1B-9C2D-3E4F5A6B7C8D--\n\n"
    "--Apple-Mail=_1A2B3C4D-0001-4E5F-8A9B-0C1D2E3F4A5B--\n")

add("apple-text-around-attachment", head(
    more="Content-Type: multipart/mixed;\n\tboundary=\"Apple-Mail=_2222AAAA-"
    "0003-4000-8000-ABCDEF012345\"\nMime-Version: 1.0 (1.0)\nX-Mailer: iPhone "
    "Mail (21B80)\n"),
    "\n\n--Apple-Mail=_2222AAAA-0003-4000-8000-ABCDEF012345\n"
    "Content-Type: text/plain;\n\tcharset=utf-8\nContent-Transfer-Encoding: "
    "quoted-printable\n\n", qp("Zwei Bilder vom Dach:\n"),
    "\n--Apple-Mail=_2222AAAA-0003-4000-8000-ABCDEF012345\n"
    "Content-Type: image/jpeg;\n\tname=image0.jpeg;\n\tx-apple-part-url=AB12CD"
    "34\nContent-Disposition: inline;\n\tfilename=image0.jpeg\n"
    "Content-Transfer-Encoding: base64\n\n", b64(JPEG),
    "\n--Apple-Mail=_2222AAAA-0003-4000-8000-ABCDEF012345\n"
    "Content-Type: text/plain;\n\tcharset=us-ascii\n"
    "Content-Transfer-Encoding: quoted-printable\n\n\n\nSent from my phone\n",
    "\n--Apple-Mail=_2222AAAA-0003-4000-8000-ABCDEF012345--\n")

add("apple-double", head(
    more=MIME + "Content-Type: multipart/mixed;\n\tboundary=\"Apple-Mail-7-"
    "123456789\"\n"),
    "\n\n--Apple-Mail-7-123456789\nContent-Transfer-Encoding: 7bit\n"
    "Content-Type: text/plain;\n\tcharset=US-ASCII;\n\tformat=flowed\n\n", PROSE,
    "\n--Apple-Mail-7-123456789\nContent-Type: multipart/appledouble;\n\t"
    "boundary=Apple-Mail-8-987654321\nContent-Disposition: attachment\n\n\n"
    "--Apple-Mail-8-987654321\nContent-Transfer-Encoding: base64\n"
    "Content-Type: application/applefile;\n\tname=\"minutes.pdf\"\n"
    "Content-Disposition: attachment;\n\tfilename=minutes.pdf\n\n",
    b64(bytes.fromhex("00051607000200004d6163204f5320582020202020202020"
                      "00010000000900000026000000200000")),
    "\n--Apple-Mail-8-987654321\nContent-Transfer-Encoding: base64\n"
    "Content-Type: application/pdf;\n\tx-unix-mode=0644;\n\tname=\"minutes.pdf\""
    "\nContent-Disposition: attachment;\n\tfilename=minutes.pdf\n\n", b64(PDF),
    "\n--Apple-Mail-8-987654321--\n\n--Apple-Mail-7-123456789--\n")

add("apple-2231-name", head(
    more="Content-Type: multipart/mixed;\n\tboundary=\"Apple-Mail=_3333BBBB-"
    "0004-4000-8000-ABCDEF012345\"\nMime-Version: 1.0 (Mac OS X Mail 16.0 \\("
    "3731.700.6\\))\n"),
    "\n\n--Apple-Mail=_3333BBBB-0004-4000-8000-ABCDEF012345\n"
    "Content-Transfer-Encoding: 7bit\nContent-Type: text/plain;\n\t"
    "charset=us-ascii\n\n\n\n"
    "--Apple-Mail=_3333BBBB-0004-4000-8000-ABCDEF012345\n"
    "Content-Disposition: attachment;\n\tfilename*=utf-8''Messwerte%20f%C3%BCr"
    "%20Z%C3%BCrich.pdf\nContent-Type: application/pdf;\n\tx-unix-mode=0644;\n"
    "\tname=\"", word("Messwerte für Zürich.pdf", kind="Q"), "\"\n"
    "Content-Transfer-Encoding: base64\n\n", b64(PDF),
    "\n--Apple-Mail=_3333BBBB-0004-4000-8000-ABCDEF012345--\n")

# --- Thunderbird, mutt and others -----------------------------------------------------

THUNDERBIRD = ("User-Agent: Mozilla Thunderbird\nContent-Language: en-US\n")

add("thunderbird-flowed", head(
    more=MIME + THUNDERBIRD + "Content-Type: text/plain; charset=UTF-8; "
    "format=flowed\nContent-Transfer-Encoding: 7bit\n"),
    "\nOn 13.11.23 09:00, Jon wrote:\n> Where are the readings of the pump, and "
    "\n> who has them?\nThey are on the second floor, in the grey cabinet next "
    "to the door; \nplease bring them back.\n\n-- \nMarta Keller\n")

add("thunderbird-attachments", head(
    more=MIME + THUNDERBIRD + "Content-Type: multipart/mixed; boundary=\"-----"
    "-------hT9kQ2vX7pLmN0bC5yR3sA8d\"\n"),
    "\nThis is a multi-part message in MIME format.\n"
    "--------------hT9kQ2vX7pLmN0bC5yR3sA8d\n"
    "Content-Type: text/plain; charset=UTF-8; format=flowed\n"
    "Content-Transfer-Encoding: 7bit\n\n", PROSE,
    "--------------hT9kQ2vX7pLmN0bC5yR3sA8d\n"
    "Content-Type: application/zip; name=\"readings.zip\"\n"
    "Content-Disposition: attachment; filename=\"readings.zip\"\n"
    "Content-Transfer-Encoding: base64\n\n", b64(ZIP),
    "--------------hT9kQ2vX7pLmN0bC5yR3sA8d\n"
    "Content-Type: text/x-patch; charset=UTF-8; name=\"0001-Open-slowly.patch\""
    "\nContent-Disposition: attachment; filename=\"0001-Open-slowly.patch\"\n"
    "Content-Transfer-Encoding: base64\n\n", b64(PATCH),
    "--------------hT9kQ2vX7pLmN0bC5yR3sA8d\n"
    "Content-Type: text/plain; charset=UTF-8;\n name=\"",
    word("Übersicht.txt"), "\"\nContent-Disposition: attachment;\n "
    "filename*=UTF-8''%C3%9Cbersicht%2Etxt\nContent-Transfer-Encoding: base64"
    "\n\n", b64("Übersicht\n"),
    "\n--------------hT9kQ2vX7pLmN0bC5yR3sA8d--\n")

add("thunderbird-html", head(
    more=MIME + THUNDERBIRD + "Content-Type: multipart/related;\n boundary=\"--"
    "----------050607080900010203040506\"\n"),
    "\nThis is a multi-part message in MIME format.\n"
    "--------------050607080900010203040506\n"
    "Content-Type: text/html; charset=ISO-8859-15\n"
    "Content-Transfer-Encoding: 8bit\n\n",
    "<html><body>Gr\xfc\xdfe f\xfcr 5 \xa4\r\n</body></html>\r\n"
    .encode("latin-1"),
    "--------------050607080900010203040506\n"
    "Content-Type: image/bmp;\n name=\"logo.bmp\"\nContent-Transfer-Encoding: "
    "base64\nContent-ID: <part1.0A0B0C@example.com>\nContent-Disposition: "
    "inline;\n filename=\"logo.bmp\"\n\n", b64(BMP, 72),
    "--------------050607080900010203040506--\n")

add("thunderbird-2231-sections", head(
    more=MIME + THUNDERBIRD + "Content-Type: multipart/mixed;\n boundary=\"----"
    "--------010203040506070809000102\"\n"),
    "\nThis is a multi-part message in MIME format.\n"
    "--------------010203040506070809000102\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 7bit\n"
    "\nsee below\n--------------010203040506070809000102\n"
    "Content-Type: application/pdf;\n name=\"=?UTF-8?B?QXVzd2VydHVuZyBkZXIg"
    "TWVzc3JlaWhlbiBmw7xy?=\n =?UTF-8?B?IGRhcyB6d2VpdGUgSGFsYmphaHIucGRm?=\"\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment;\n "
    "filename*0*=UTF-8''Auswertung%20der%20Messreihen%20f%C3%BCr%20das;\n "
    "filename*1*=%20zweite%20Halbjahr.pdf\n\n", b64(PDF),
    "--------------010203040506070809000102--\n")

add("mutt-plain", head(
    more=MIME + "Content-Type: text/plain; charset=us-ascii\n"
    "Content-Disposition: inline\nUser-Agent: Mutt/2.2.9 (2022-11-12)\n"),
    "\n", PROSE, "\n-- \nMarta Keller\n")

add("mutt-attachment", head(
    more=MIME + "Content-Type: multipart/mixed; boundary=\"Fg0xQ7mT2kLp9vRz\"\n"
    "Content-Disposition: inline\nUser-Agent: Mutt/2.2.9 (2022-11-12)\n"),
    "\n\n--Fg0xQ7mT2kLp9vRz\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Disposition: inline\nContent-Transfer-Encoding: 8bit\n\n",
    "Grüße aus Köln\n",
    "\n--Fg0xQ7mT2kLp9vRz\nContent-Type: text/x-diff; charset=us-ascii\n"
    "Content-Disposition: attachment; filename=\"0001-Open-the-valve-slowly."
    "patch\"\n\n", PATCH, "\n--Fg0xQ7mT2kLp9vRz--\n")

add("k9-alternative", head(
    more=MIME + "User-Agent: K-9 Mail for Android\nContent-Type: multipart/"
    "alternative; boundary=----ABCD1234EFGH5678IJKL9012MNOP34\n"
    "Content-Transfer-Encoding: 7bit\n"),
    "\n------ABCD1234EFGH5678IJKL9012MNOP34\nContent-Type: text/plain;\n "
    "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp("Bin unterwegs, Grüße\n-- \nGesendet mit K-9 Mail\n"),
    "------ABCD1234EFGH5678IJKL9012MNOP34\nContent-Type: text/html;\n "
    "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n",
    qp("<html><body>Bin unterwegs, Grüße</body></html>\n"),
    "------ABCD1234EFGH5678IJKL9012MNOP34--\n")

add("k9-photo", head(
    more=MIME + "User-Agent: K-9 Mail for Android\nContent-Type: multipart/mixed;"
    "\n boundary=----QRST5678UVWX9012YZAB3456CDEF78\n"
    "Content-Transfer-Encoding: 8bit\n"),
    "\n------QRST5678UVWX9012YZAB3456CDEF78\nContent-Type: text/plain;\n "
    "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\n"
    "------QRST5678UVWX9012YZAB3456CDEF78\nContent-Type: image/jpeg;\n "
    "name=\"IMG_20231114_120000.jpg\"\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment;\n filename=\"IMG_20231114_120000.jpg\";\n "
    "size=91\n\n", b64(JPEG), "\n------QRST5678UVWX9012YZAB3456CDEF78--\n")

add("notes-alternative", head(
    more=MIME + "X-Mailer: IBM Notes Release 9.0.1FP8\nContent-type: multipart/"
    "alternative; \n\tBoundary=\"0__=4EBB0C8FDFA1B2C38f9e8a93df938690918c4EBB0C"
    "8FDFA1B2C3\"\nContent-Disposition: inline\n"),
    "\n--0__=4EBB0C8FDFA1B2C38f9e8a93df938690918c4EBB0C8FDFA1B2C3\n"
    "Content-type: text/plain; charset=ISO-8859-1\n"
    "Content-transfer-encoding: quoted-printable\n\n",
    qp("\nGrüße aus Köln\n", "iso-8859-1"),
    "\n--0__=4EBB0C8FDFA1B2C38f9e8a93df938690918c4EBB0C8FDFA1B2C3\n"
    "Content-type: text/html; charset=ISO-8859-1\nContent-Disposition: inline\n"
    "Content-transfer-encoding: quoted-printable\n\n",
    qp("<html><body>Grüße aus Köln</body></html>\n", "iso-8859-1"),
    "\n--0__=4EBB0C8FDFA1B2C38f9e8a93df938690918c4EBB0C8FDFA1B2C3--\n\n")

add("notes-related", head(
    more=MIME + "X-Mailer: Lotus Notes Release 8.5.3\nContent-Type: multipart/"
    "related; boundary=\"=_related 0035A1B2C125789A_=\"\n"),
    "\n--=_related 0035A1B2C125789A_=\nContent-Type: multipart/alternative; "
    "boundary=\"=_alternative 0035A1B4C125789A_=\"\n\n\n"
    "--=_alternative 0035A1B4C125789A_=\nContent-Type: text/plain; "
    "charset=\"US-ASCII\"\n\n", PROSE,
    "--=_alternative 0035A1B4C125789A_=\nContent-Type: text/html; "
    "charset=\"US-ASCII\"\n\n", HTML,
    "--=_alternative 0035A1B4C125789A_=--\n--=_related 0035A1B2C125789A_=\n"
    "Content-Type: image/gif\nContent-ID: <_1_0A1B2C3D0A1B2A550035A1B2C125789A>"
    "\nContent-Transfer-Encoding: base64\n\n", b64(GIF),
    "--=_related 0035A1B2C125789A_=--\n")

add("alpine", head(
    more="User-Agent: Alpine 2.26 (DEB 649 2022-06-02)\n" + MIME +
    "Content-Type: multipart/mixed; boundary=\"0-1234567890-1699963200=:4711\"\n"
    ),
    "\n  This message is in MIME format.  The first part should be readable "
    "text,\n  while the remaining parts are likely unreadable without "
    "MIME-aware tools.\n\n--0-1234567890-1699963200=:4711\n"
    "Content-Type: text/plain; format=flowed; charset=US-ASCII\n\n", PROSE,
    "\n--0-1234567890-1699963200=:4711\nContent-Type: application/pdf; "
    "name=minutes.pdf\nContent-Transfer-Encoding: BASE64\nContent-ID: <alpine."
    "DEB.2.26.4711@example.com>\nContent-Description: \nContent-Disposition: "
    "attachment; filename=minutes.pdf\n\n", b64(PDF, 60),
    "\n--0-1234567890-1699963200=:4711--\n")

add("eudora", head(
    more="X-Mailer: QUALCOMM Windows Eudora Version 7.1.0.9\nMime-Version: 1.0\n"
    "Content-Type: multipart/mixed;\n\tboundary=\"=====================_12345678"
    "==_\"\n"),
    "\n--=====================_12345678==_\nContent-Type: text/plain; charset="
    "\"us-ascii\"; format=flowed\n\n", PROSE,
    "\n--=====================_12345678==_\nContent-Type: application/"
    "octet-stream; name=\"readings.zip\"\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=\"readings.zip\"\n\n", b64(ZIP),
    "\n--=====================_12345678==_--\n")

add("claws", head(
    more="X-Mailer: Claws Mail 4.1.1 (GTK 3.24.38)\n" + MIME + "Content-Type: "
    "multipart/mixed; boundary=\"MP_/kQ2vX7pLmN0bC5yR=3sA8d+f\"\n"),
    "\n--MP_/kQ2vX7pLmN0bC5yR=3sA8d+f\nContent-Type: text/plain; charset=UTF-8"
    "\nContent-Transfer-Encoding: quoted-printable\nContent-Disposition: inline"
    "\n\n", qp("Grüße\n"),
    "\n--MP_/kQ2vX7pLmN0bC5yR=3sA8d+f\nContent-Type: image/png\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; "
    "filename=Bildschirmfoto.png\n\n", b64(PNG, 72),
    "\n--MP_/kQ2vX7pLmN0bC5yR=3sA8d+f--\n")

add("kmail-mixed", head(
    more=MIME + "Content-Type: multipart/mixed; boundary=\"nextPart2345678."
    "Kq3vX7pLmN\"\nContent-Transfer-Encoding: 7Bit\n"),
    "\nThis is a multi-part message in MIME format.\n\n"
    "--nextPart2345678.Kq3vX7pLmN\nContent-Transfer-Encoding: quoted-printable"
    "\nContent-Type: text/plain; charset=\"UTF-8\"\n\n", qp("Grüße\n"),
    "\n--nextPart2345678.Kq3vX7pLmN\nContent-Disposition: attachment; "
    "filename=\"contact.vcf\"\nContent-Transfer-Encoding: 7Bit\n"
    "Content-Type: text/vcard; charset=\"UTF-8\"; name=\"contact.vcf\"\n\n",
    VCARD, "\n--nextPart2345678.Kq3vX7pLmN--\n\n\n\n")

add("evolution", head(
    more="Content-Type: multipart/mixed; boundary=\"=-aBcDeFgHiJkLmNoPqRsT\"\n"
    "User-Agent: Evolution 3.46.4-2 \n" + MIME),
    "\n\n--=-aBcDeFgHiJkLmNoPqRsT\nContent-Type: text/plain; charset=\"UTF-8\"\n"
    "Content-Transfer-Encoding: quoted-printable\n\n", qp("Grüße\n"),
    "\n--=-aBcDeFgHiJkLmNoPqRsT\nContent-Disposition: attachment; "
    "filename*0=a-rather-long-name-of-a-file-that-needs-more-than-one-line-; "
    "\n\tfilename*1=of-the-header.pdf\nContent-Type: application/pdf; name*0=a-"
    "rather-long-name-of-a-file-that-needs-more-than-one-line-; \n\t"
    "name*1=of-the-header.pdf\nContent-Transfer-Encoding: base64\n\n", b64(PDF),
    "\n--=-aBcDeFgHiJkLmNoPqRsT--\n")

add("the-bat", head(
    more=MIME + "X-Mailer: The Bat! (v10.4.0) Professional\nX-Priority: 3 "
    "(Normal)\nContent-Type: multipart/mixed;\n boundary=\"----------0AB0CD1EF2"
    "A3B4C5D\"\n"),
    "\n------------0AB0CD1EF2A3B4C5D\nContent-Type: text/plain; charset=us-ascii"
    "\nContent-Transfer-Encoding: 7bit\n\n", PROSE,
    "------------0AB0CD1EF2A3B4C5D\nContent-Type: APPLICATION/OCTET-STREAM;\n "
    "name=\"readings.7z\"\nContent-transfer-encoding: base64\n"
    "Content-Disposition: attachment;\n filename=\"readings.7z\"\n\n",
    b64(bytes.fromhex("377abcaf271c0004") + bytes(40)),
    "------------0AB0CD1EF2A3B4C5D--\n\n")

add("groupwise", head(
    more="X-Mailer: Novell GroupWise Internet Agent 14.2.2 \n" + MIME +
    "Content-Type: multipart/alternative; boundary=\"=__PartC0FFEE12.0__=\"\n"),
    "\n--=__PartC0FFEE12.0__=\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\nContent-Disposition: inline\n"
    "\n", qp("Grüße\n"),
    "\n\n--=__PartC0FFEE12.0__=\nContent-Type: multipart/related; boundary="
    "\"____NKQXZWVUTSRQPONMLKJI____\"\n\n\n--____NKQXZWVUTSRQPONMLKJI____\n"
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n",
    "<html><body>Grüße</body></html>\n",
    "\n--____NKQXZWVUTSRQPONMLKJI____\nContent-ID: <KLMNOPQR.IMAGE_1.png>\n"
    "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n", b64(PNG),
    "\n--____NKQXZWVUTSRQPONMLKJI____--\n\n--=__PartC0FFEE12.0__=--\n")
