# SPDX-License-Identifier: ISC
"""Mail of all shapes, the same checks behind every MTA.  A test script makes a
World with the SETTINGS here and hands main() the CHECKS, in this order.
"""
from . import smtp
from .clamd import EICAR, EICAR_NAME, MARKER, MARKER_NAME
from .world import SCANNED, STATUS, keys_for, sender_of

LIMIT = 256 << 10  # max_message_size here
SETTINGS = {"max_message_size": "256K", "hostname": "mx.example"}


def is_clean(tap, mail, what):
    """One field of each name, ours; the body is the Sink's to compare."""
    tap.equal(mail.values(STATUS), ["Clean"], f"{what}: one status, Clean")
    scanned = mail.values(SCANNED)
    tap.ok(len(scanned) == 1 and "mx.example" in scanned[0],
           f"{what}: one {SCANNED}, ours", scanned)


def clean(tap, w):
    """A clean message with three forged fields of each name"""
    tag = smtp.new_tag()
    forged = [(SCANNED, "by nobody"), ("x-viRUS-sCanned", "by somebody"),
              (STATUS, "Clean (trust me)"), ("X-VIRUS-STATUS", "Infected"),
              ("X-Other", "kept"), (SCANNED, "by anybody"),
              ("x-virus-status", "folded\n\tvalue")]
    body = "One.\n.\n..two\n" + "x" * 900 + "\n"
    reply = w.send(tag, smtp.message(tag, body, forged))
    tap.has(reply, "250 2.0.0", "accepted")
    mail = w.delivered(tag)
    is_clean(tap, mail, "clean")
    tap.equal([name for name, _ in mail.fields[:4]],
              ["Received", SCANNED, STATUS, "From"],
              "ours stand below the MTA's own field")
    tap.equal(mail.values("X-Other"), ["kept"], "other fields are kept")
    tap.equal(mail.body.decode(), body, "body is as it was sent")
    line = w.log(tag)
    tap.equal(line.order, keys_for("clean"), "log: keys and their order",
              line.text)
    want = {"client": "127.0.0.1", "helo": "client.example", "rcpts": "1",
            "verdict": "clean", "backend": "main", "action": "accept",
            "level": "info", "qid": w.mta.queue_id(reply)}
    tap.equal({k: line[k] for k in want}, want, "log: values", line.text)
    tap.ok(int(line["size"]) > len(body), "log: size is above the body's")


def infected(tap, w):
    """EICAR in the text and as an attachment, and the marker word"""
    eicar = EICAR.encode() + b"\n"
    cases = [("plain", lambda t: smtp.message(t, EICAR + "\n"), EICAR_NAME),
             ("base64", lambda t: smtp.attachment(t, eicar), EICAR_NAME),
             ("marker", lambda t: smtp.message(t, f"a {MARKER} b\n"),
              MARKER_NAME)]
    for what, make, name in cases:
        tag = smtp.new_tag()
        reply = w.send(tag, make(tag))
        tap.has(reply, "550 5.7.1", f"{what}: refused")
        tap.has(reply, name, f"{what}: reply names the signature")
        line = w.log(tag)
        tap.equal(line.order, keys_for("infected"), f"{what}: log keys",
                  line.text)
        tap.equal((line["verdict"], line["signature"], line["action"],
                   line["level"]), ("infected", name, "reject", "warning"),
                  f"{what}: log values", line.text)
        tap.ok(w.nothing_delivered(tag), f"{what}: not delivered")


def oversize(tap, w):
    """A message above max_message_size, and one just below"""
    tag = smtp.new_tag()
    line_of_text = "y" * 70 + "\n"
    reply = w.send(tag, smtp.message(tag, line_of_text * 4000))
    tap.has(reply, "451 4.7.1", "above the limit: temporary failure")
    line = w.log(tag)
    tap.equal(line.order, keys_for("unscanned", backend=False),
              "above the limit: log keys", line.text)
    tap.equal((line["verdict"], line["reason"], line["action"]),
              ("unscanned", "too-big", "tempfail"), "above: log values")
    tap.ok(int(line["size"]) > LIMIT, "above the limit: size in the log",
           line.text)
    tap.ok(w.nothing_delivered(tag), "above the limit: not delivered")
    tag = smtp.new_tag()
    below = line_of_text * ((LIMIT - 2000) // 72)
    tap.has(w.send(tag, smtp.message(tag, below)), "250 ", "below: accepted")
    mail = w.delivered(tag)
    is_clean(tap, mail, "below")
    tap.equal(mail.body.decode(), below, "below: body is as it was sent")
    tag = smtp.new_tag()
    reply = w.send(tag, smtp.message(tag, below + f"{EICAR}\n"))
    tap.has(reply, EICAR_NAME, "below: what stands at its end is found")


def shapes(tap, w):
    """Empty body, no header, empty message, a header of 59 KB"""
    for what, data in (("empty body", "X-Test-Tag: {}\n\n"),
                       ("header only", "X-Test-Tag: {}\n"),
                       ("8-bit", "X-Test-Tag: {}\n\ngr\xfc\xdfe \x01\n")):
        tag = smtp.new_tag()
        reply = w.send(tag, data.format(tag))
        tap.has(reply, "250 ", f"{what}: accepted")
        is_clean(tap, w.delivered(tag), what)
    for what, data in (("no header", "\nJust a body.\n"), ("nothing", "\n")):
        tag = smtp.new_tag()
        tap.has(w.send(tag, data), "250 ", f"{what}: accepted")
        tap.equal(w.log(tag)["verdict"], "clean", f"{what}: clean in the log")
    tag = smtp.new_tag()
    # With milters Postfix cuts a field at 60000 bytes.
    folded = "\n\t".join(f"{n:04}" + "z" * 68 for n in range(800))
    reply = w.send(tag, smtp.message(tag, fields=[("X-Long", folded)]))
    tap.has(reply, "250 ", "59 KB header: accepted")
    mail = w.delivered(tag)
    is_clean(tap, mail, "59 KB header")
    tap.equal(mail.values("X-Long"), [folded], "59 KB header: kept whole")
    tag = smtp.new_tag()
    many = [(f"X-N{n}", f"{n}") for n in range(1000)]
    tap.has(w.send(tag, smtp.message(tag, fields=many)), "250 ",
            "1000 fields: accepted")
    is_clean(tap, w.delivered(tag), "1000 fields")


def forged_many(tap, w):
    """500 forged copies of each name"""
    tag = smtp.new_tag()
    forged = [(SCANNED, "x"), (STATUS, "Clean")] * 500
    tap.has(w.send(tag, smtp.message(tag, fields=forged)), "250 ", "accepted")
    is_clean(tap, w.delivered(tag), "500 forged")
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.message(tag, fields=forged + [(STATUS, "x")])),
            "451 ", "one more: put off")
    tap.equal((w.log(tag)["reason"], w.log(tag)["limit"]),
              ("limits", "own_fields"), "one more: the log says why")


def one_session(tap, w):
    """Thirty messages in one session, every third infected, RSET and EHLO
    in between"""
    wrong, sent = [], []
    with w.client() as client:
        for number in range(30):
            tag = smtp.new_tag()
            bad = number % 3 == 2
            if number % 4 == 1:
                client.mail(sender_of(tag))
                client.rcpt(smtp.TO)
                client.rset()
            if number % 7 == 3:
                client.say("EHLO again.example")
            reply = client.give(smtp.message(tag, MARKER if bad else "fine\n"),
                                sender=sender_of(tag))
            if reply[:3] != ("550" if bad else "250"):
                wrong.append((number, reply))
            elif not bad:
                sent.append(tag)
    tap.equal(wrong, [], "each message has its own verdict")
    for tag in sent:
        w.delivered(tag)
    w.mta.idle()
    copies = [len(w.sink.mails(tag)) for tag in sent]
    tap.equal(copies, [1] * 20, "each clean one was delivered once")


def disconnect(tap, w):
    """A client that goes away in the middle of the data"""
    tag = smtp.new_tag()
    before = len(w.pratiqued.lines("message-aborted"))
    with w.raw() as raw:
        tap.has(raw.start_data(), "354", "data begun")
        # More than Postfix buffers, so that the filter has seen some of it.
        raw.put(smtp.message(tag, "w" * 70 + "\n") + ("v" * 70 + "\n") * 2000)
    with w.raw() as raw:
        raw.start_data()
        raw.put("Subject: cut in the header")
    tap.ok(w.nothing_delivered(tag), "nothing delivered")
    aborted = w.pratiqued.lines("message-aborted")[before:]
    tap.note(f"{len(aborted)} message-aborted lines")
    tap.ok(all(line["action"] == "aborted" for line in aborted),
           "an aborted message is never logged with a verdict's action")
    tag = smtp.new_tag()
    tap.has(w.send(tag), "250 ", "the next message goes through")


def envelope(tap, w):
    """Null sender, several recipients, HELO with odd bytes"""
    tag = smtp.new_tag()
    tap.has(w.send(tag, sender="<>"), "250 ", "null sender: accepted")
    w.delivered(tag)
    line = w.pratiqued.wait_line("message", **{"from": ""})
    tap.equal(len(w.pratiqued.lines("message", **{"from": ""})), 1,
              "null sender: one line, from is empty", line.text)
    tag = smtp.new_tag()
    to = [f"user{n}@example.org" for n in range(50)]
    tap.has(w.send(tag, recipients=to), "250 ", "50 recipients: accepted")
    w.mta.idle()
    got = sorted(r for m in w.sink.mails(tag) for r in m.recipients)
    tap.equal(got, sorted(to), "50 recipients: each got it once")
    tap.equal(w.log(tag)["rcpts"], "50", "50 recipients: rcpts in the log")
    tag = smtp.new_tag()
    with w.raw() as raw:
        raw.say('EHLO a"b=c\x01d\\e')
        raw.say(f"MAIL FROM:<{sender_of(tag)}>")
        raw.say(f"RCPT TO:<{smtp.TO}>")
        raw.say("DATA")
        raw.put(smtp.message(tag))
        raw.end()
        tap.has(raw.reply(), "250 ", "odd HELO: accepted")
    line = w.log(tag)
    tap.equal(line.order, keys_for("clean"), "odd HELO: its keys", line.text)
    tap.has(line.text, r'helo="a\"b=c\u0001d\\e" ', "odd HELO: escaped")
    tap.ok(all(0x20 <= ord(c) < 0x7f for c in line.text),
           "odd HELO: the line is printable ASCII", line.text)


def account(tap, w):
    """At the end: nothing left over"""
    w.mta.idle()
    tap.equal(w.pratiqued.lines("session-died"), [], "no session died")
    tap.equal(w.pratiqued.lines("message-lost"), [], "no message was lost")
    tap.equal(w.pratiqued.stop(), 0, "SIGTERM: exit status 0")


CHECKS = [clean, infected, oversize, shapes, forged_many, one_session,
          disconnect, envelope, account]
