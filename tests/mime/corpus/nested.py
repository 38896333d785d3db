# SPDX-License-Identifier: ISC
"""Messages inside of messages."""
from material import (DOCX, GIF, MIME, PDF, PNG, PROSE, ZIP, add, b64, head,
                      word)


def forward(inner, level):
    """A message with another one attached."""
    edge = f"fwd-level-{level:02}-0a1b2c3d"
    return (head("Fwd: " * level + "Readings", ident=f"fwd.{level}@example.com",
                 more=MIME + "Content-Type: multipart/mixed; boundary=\"" + edge
                 + "\"\n") +
            f"\n--{edge}\nContent-Type: text/plain; charset=utf-8\n\nSee below "
            f"({level}).\n\n--{edge}\nContent-Type: message/rfc822; name="
            f"\"Readings {level}.eml\"\nContent-Disposition: attachment; "
            f"filename=\"Readings {level}.eml\"\n\n{inner}\n--{edge}--\n")


INNERMOST = head(more=MIME + "Content-Type: multipart/mixed; boundary=\"origin"
                 "-9z8y7x\"\n") + (
    "\n--origin-9z8y7x\nContent-Type: text/plain\n\n" + PROSE +
    "\n--origin-9z8y7x\nContent-Type: application/pdf; name=\"minutes.pdf\"\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; "
    "filename=\"minutes.pdf\"\n\n" + b64(PDF) + "--origin-9z8y7x--\n")

text = INNERMOST
for depth in range(1, 8):
    text = forward(text, depth)
    add(f"forward-{depth}", text)

add("forward-plain-inside", forward(head() + "\n" + PROSE, 1))

add("forward-outlook", head("FW: Readings", more=MIME + "Content-Type: "
    "multipart/mixed;\n\tboundary=\"_005_fw0001_\"\n"),
    "\n--_005_fw0001_\nContent-Type: text/plain; charset=\"us-ascii\"\n\n\n"
    "--_005_fw0001_\nContent-Type: message/rfc822\nContent-Disposition: "
    "attachment;\n\tcreation-date=\"Tue, 14 Nov 2023 11:00:00 GMT\";\n\t"
    "modification-date=\"Tue, 14 Nov 2023 11:00:00 GMT\"\n\n",
    "Received: from a.example.com (192.0.2.3) by\n b.example.com (192.0.2.4) "
    "with Microsoft SMTP Server; Tue, 14 Nov 2023 11:00:00 +0000\n",
    INNERMOST, "\n--_005_fw0001_--\n")

add("forward-several", head("Fwd: all of them", more=MIME + "Content-Type: "
    "multipart/mixed; boundary=\"several-0001\"\n"),
    "\n--several-0001\nContent-Type: text/plain\n\nThree messages.\n",
    *(f"\n--several-0001\nContent-Type: message/rfc822; name=\"Attached Message "
      f"Part\"\nContent-Disposition: inline\n\n" +
      head(f"Readings {i}", more="Content-Type: text/plain\n") +
      f"\nThe value is {i}.\n" for i in (1, 2, 3)), "\n--several-0001--\n")

add("message-as-top", head(more=MIME + "Content-Type: message/rfc822\n"),
    "\n", head("Readings"), "\n", PROSE)

add("eml-as-octets", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"octets-0001\"\n"),
    "\n--octets-0001\nContent-Type: text/plain\n\nsee\n--octets-0001\n"
    "Content-Type: application/octet-stream; name=\"old.eml\"\n"
    "Content-Disposition: attachment; filename=\"old.eml\"\n"
    "Content-Transfer-Encoding: base64\n\n",
    b64((head() + "\n" + PROSE).replace("\n", "\r\n")), "--octets-0001--\n")

add("mixed-related-alternative", head(more=MIME + "Content-Type: multipart/"
    "mixed; boundary=\"mra-mixed-1\"\n"),
    "\n--mra-mixed-1\nContent-Type: multipart/related; boundary=\"mra-related-1"
    "\"; type=\"multipart/alternative\"\n\n--mra-related-1\nContent-Type: "
    "multipart/alternative; boundary=\"mra-alternative-1\"\n\n"
    "--mra-alternative-1\nContent-Type: text/plain\n\n", PROSE,
    "\n--mra-alternative-1\nContent-Type: text/html\n\n<p><img src=\"cid:a\"></p>"
    "\n\n--mra-alternative-1--\n\n--mra-related-1\nContent-Type: image/gif\n"
    "Content-ID: <a>\nContent-Transfer-Encoding: base64\n\n", b64(GIF),
    "--mra-related-1--\n\n--mra-mixed-1\nContent-Type: application/zip; "
    "name=readings.zip\nContent-Disposition: attachment; filename=readings.zip\n"
    "Content-Transfer-Encoding: base64\n\n", b64(ZIP), "--mra-mixed-1--\n")

add("alternative-with-mixed-inside", head(more=MIME + "Content-Type: multipart/"
    "alternative; boundary=\"am-alt\"\n"),
    "\n--am-alt\nContent-Type: text/plain\n\nPicture and table.\n\n--am-alt\n"
    "Content-Type: multipart/mixed; boundary=\"mx-in-alt\"\n\n--mx-in-alt\n"
    "Content-Type: text/html\n\n<p>Picture</p>\n--mx-in-alt\nContent-Type: "
    "image/png\nContent-Disposition: inline; filename=\"p.png\"\nContent-Transfer"
    "-Encoding: base64\n\n", b64(PNG), "--mx-in-alt\nContent-Type: text/html\n\n"
    "<p>Table</p>\n--mx-in-alt--\n\n--am-alt--\n")

add("parallel", head(more=MIME + "Content-Type: multipart/parallel; "
    "boundary=\"par\"\n"),
    "\n--par\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n",
    b64(PNG), "--par\nContent-Type: text/plain\n\ncaption\n--par--\n",
    again="clamd passes over parts of multipart/parallel")

add("form-data", head("Form 17", "www@example.com", more=MIME + "Content-Type: "
    "multipart/form-data; boundary=AaB03x\n"),
    "\n--AaB03x\nContent-Disposition: form-data; name=\"field1\"\n\nJoe Blow\n"
    "--AaB03x\nContent-Disposition: form-data; name=\"pics\"; filename=\""
    "minutes.docx\"\nContent-Type: application/vnd.openxmlformats-officedocument"
    ".wordprocessingml.document\nContent-Transfer-Encoding: base64\n\n",
    b64(DOCX), "--AaB03x--\n")

add("rfc822-with-named-part", head(more=MIME + "Content-Type: multipart/mixed; "
    "boundary=\"named-rfc822\"\n"),
    "\n--named-rfc822\n\nfyi\n\n--named-rfc822\nContent-Type: message/rfc822; "
    "name=\"", word("Störung.eml"), "\"\nContent-Description: ",
    word("Störung"), "\nContent-Transfer-Encoding: 8bit\n\n",
    head("Störung"), "\nDie Pumpe läuft nicht.\n\n--named-rfc822--\n")
