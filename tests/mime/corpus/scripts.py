# SPDX-License-Identifier: ISC
"""Texts and names in many scripts and charsets."""
import base64

from material import MIME, PDF, add, b64, head, percent, qp, word

TEXTS = {
    "iso-2022-jp": "ポンプは今日も動いています。\nよろしくお願いします。\n",
    "shift_jis": "ポンプは今日も動いています。\n表を添付します。\n",
    "euc-jp": "ポンプは今日も動いています。\n",
    "gb2312": "水泵今天运行正常。\n",
    "gb18030": "水泵今天运行正常，请查收附件。\n",
    "big5": "幫浦今天運轉正常。\n",
    "euc-kr": "펌프가 오늘도 작동합니다.\n",
    "koi8-r": "Насос сегодня работает.\nС уважением\n",
    "windows-1251": "Насос сегодня работает.\n",
    "iso-8859-5": "Насос сегодня работает.\n",
    "iso-8859-2": "Čerpadlo dnes běží.\n",
    "iso-8859-9": "Pompa bugün çalışıyor.\n",
    "iso-8859-7": "Η αντλία λειτουργεί.\n",
    "windows-1255": "המשאבה פועלת היום.\n",
    "windows-1256": "المضخة تعمل اليوم.\n",
    "windows-1252": "Die Pumpe läuft – für 5 € am Tag.\n",
    "iso-8859-15": "Die Pumpe läuft, 5 €.\n",
    "tis-620": "ปั๊มทำงาน\n",
}
SHIFTS = {"iso-2022-jp"}  # 7-bit


def wire(text, charset):
    return text.encode(charset).replace(b"\n", b"\r\n")


def typed(charset, encoding, kind="text/plain"):
    return (MIME + f"Content-Type: {kind}; charset={charset}\n"
            f"Content-Transfer-Encoding: {encoding}\n")


# The encoding that programs of that country take.
for charset, text in TEXTS.items():
    subject = word(text.split("\n")[0][:10], charset)
    if charset in SHIFTS:
        add(f"text-{charset}", head(subject, more=typed(charset, "7bit")),
            "\n", wire(text, charset))
    elif charset in ("koi8-r", "windows-1251", "gb2312", "euc-kr", "big5",
                     "shift_jis"):
        add(f"text-{charset}", head(subject, more=typed(charset, "8bit")),
            "\n", wire(text, charset))
    elif charset in ("gb18030", "windows-1256", "tis-620", "euc-jp"):
        add(f"text-{charset}", head(subject, more=typed(charset, "base64")),
            "\n", b64(text.encode(charset)))
    else:
        add(f"text-{charset}",
            head(subject, more=typed(charset, "quoted-printable")),
            "\n", qp(text, charset))

add("text-utf8-8bit", head("Pumpe – läuft", more=typed("utf-8", "8bit")),
    "\n", "Насос, ポンプ, 水泵, Čerpadlo, αντλία 💧\n")
add("text-utf8-base64", head(word("Pumpe läuft"), more=typed("UTF-8", "BASE64")),
    "\n", b64("Насос, ポンプ, 水泵 💧\n" * 5))
add("text-utf8-html", head(word("Pumpe läuft", kind="Q"),
                           more=typed("utf-8", "quoted-printable", "text/html")),
    "\n", qp("<html><body>水泵 💧</body></html>\n"))
add("text-utf16", head(more=typed("utf-16", "base64")),
    "\n", b64("Die Pumpe läuft.\r\n".encode("utf-16")))
add("text-utf7", head(more=typed("utf-7", "7bit")),
    "\nDie Pumpe l+AOQ-uft.\n")
add("subject-raw-utf8", head("Störung an der Pumpe",
                             "Zoë Müller <zoe@example.com>",
                             more=typed("utf-8", "8bit")), "\n", "Läuft.\n")
add("subject-raw-latin1", b"From: Zo\xeb M\xfcller <zoe@example.com>\r\n"
    b"To: jon@example.net\r\nSubject: St\xf6rung\r\n"
    b"Message-ID: <4711@example.com>\r\nDate: Tue, 14 Nov 2023 12:00:00 +0100"
    b"\r\n\r\nL\xe4uft.\r\n")
add("subject-split-characters", head(
    "=?utf-8?B?U3TD?= =?utf-8?B?tnJ1bmcgYW4gZGVyIFB1bXBl?=",
    more=typed("utf-8", "8bit")), "\n", "Läuft.\n")
add("subject-long-words", head(
    word("Störung an der Pumpe im zweiten") + "\n " +
    word(" Obergeschoss, bitte prüfen"), word("Müller, Zoë") +
    " <zoe@example.com>", more=typed("utf-8", "8bit")), "\n", "Läuft.\n")

# --- names ---------------------------------------------------------------------

NAMES = {
    "utf-8": "Übersicht für Zürich.pdf", "iso-8859-1": "Übersicht.pdf",
    "iso-2022-jp": "見積書.pdf", "shift_jis": "請求書.pdf", "gb18030": "报价单.pdf",
    "koi8-r": "Счёт.pdf", "windows-1251": "Договор.pdf", "big5": "報價單.pdf",
    "euc-kr": "견적서.pdf", "iso-8859-2": "Přehled.pdf",
}


def with_name(name, kind, disposition, *, edge="name-0001"):
    """A message whose attachment has these parameters."""
    add(name, head(more=MIME + "Content-Type: multipart/mixed; boundary=\"" +
                   edge + "\"\n"),
        f"\n--{edge}\nContent-Type: text/plain; charset=us-ascii\n\nsee below\n"
        f"\n--{edge}\nContent-Type: application/pdf", kind,
        "\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment",
        disposition, "\n\n", b64(PDF), f"--{edge}--\n")


for charset, text in NAMES.items():
    with_name(f"name-2231-{charset}", "",
              f";\n filename*={charset}''{percent(text, charset)}")
    encoded = base64.b64encode(text.encode(charset)).decode()
    with_name(f"name-word-{charset}", f";\n\tname=\"=?{charset}?B?{encoded}?=\"",
              f";\n\tfilename=\"=?{charset}?B?{encoded}?=\"")

with_name("name-2231-language", "",
          ";\n filename*=iso-8859-1'de'%DCbersicht.pdf")
with_name("name-2231-sections", "", ";\n filename*0*=utf-8''" +
          percent("Übersicht der Messreihen ") + ";\n filename*1*=" +
          percent("für das zweite Halbjahr") + ";\n filename*2=\" 2023.pdf\"")
with_name("name-sections-plain", "", ";\n filename*0=\"a long name of a file "
          "that does not fit\";\n filename*1=\" into a line.pdf\"")
with_name("name-both-forms", "; name=\"Ubersicht.pdf\"",
          ";\n filename=\"Ubersicht.pdf\";\n filename*=utf-8''%C3%9Cbersicht.pdf")
with_name("name-raw-utf8", "; name=\"Übersicht.pdf\"",
          "; filename=\"Übersicht.pdf\"")
with_name("name-token", "; name=minutes_2023-11.pdf",
          "; filename=minutes_2023-11.pdf")
with_name("name-spaces-quoted", "; name=\"minutes of the meeting (final).pdf\"",
          "; filename=\"minutes of the meeting (final).pdf\"")
with_name("name-quoted-pair", "; name=\"the \\\"pump\\\".pdf\"",
          "; filename=\"the \\\"pump\\\".pdf\"")
with_name("name-folded-lines", ";\n\tname=\"minutes.pdf\"",
          ";\n\tfilename=\"minutes.pdf\";\n\tsize=335;\n\tcreation-date=\"Tue, "
          "14 Nov 2023 12:00:00 GMT\"")
with_name("name-only-type", "; name=\"minutes.pdf\"", "")
with_name("name-only-disposition", "", "; filename=minutes.pdf")
with_name("name-several-dots", "; name=\"v1.2.final.2023.pdf\"",
          "; filename=\"v1.2.final.2023.pdf\"")
with_name("name-word-q", "; name=\"" + word("Übersicht für alle.pdf", kind="Q") +
          "\"", "; filename=\"" + word("Übersicht für alle.pdf", kind="Q") + "\"")
