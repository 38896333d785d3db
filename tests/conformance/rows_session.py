# SPDX-License-Identifier: ISC
"""Conformance rows M and S: macros, session and life cycle.  The macro that
pratiqued looks at is the queue id."""
from notation import Case, Special, each, offer, packet, row

NR_MAIL = 0x4000


def macro(stage, *strings):
    return packet("D", b"".join([stage.encode()]
                                + [s.encode() + b"\0" for s in strings]))


def has(queue_id):
    return {"qid": queue_id}


MACROS = [
    row("M01", "a macro for CONNECT, wanted at the end", "found",
        Case(["O", macro("C", "i", "Q1", "j", "mx"), "C M R N E"],
             "O c*4 CLEAN", seen=has("Q1"))),
    row("M02", "{i} for i", "found",
        Case(["O C", macro("M", "{i}", "Q1"), "M R N E"], "O c*4 CLEAN",
             seen=has("Q1"))),
    row("M03", "a second set for the same stage without the name", "gone",
        Case(["O", macro("C", "i", "Q1"), macro("C", "j", "mx"), "C M R N E"],
             "O c*4 CLEAN", seen=has(""))),
    row("M04", "sets without strings, for an unknown stage, for L, B, U",
        "ignored, no reply",
        Case(["P4", macro("L"), macro("Z", "i", "Q1"), macro("L", "i", "Q2"),
              macro("B", "i", "Q3"), macro("U", "i", "Q4"), "L N B E"],
             "O c*8 CLEAN", seen=has(""))),
    row("M05", "MACRO without payload", "close",
        Case(["P1", packet("D")], "O c*2", "payload")),
    row("M06", "an odd number of strings; a value that does not end",
        "close",
        each([["P1", macro("M", "i")], ["P1", macro("M", "i", "Q1", "j")],
              ["P1", packet("D", b"Mi\0Q1")]], "O c*2", "payload"),
        stricter="a name without a value is none; libmilter stores it"),
    row("M07", "a set for the end of message before MAIL", "not visible",
        Case(["P1", macro("E", "i", "Q1"), "M R N E"], "O c*5 CLEAN",
             seen=has(""))),
    row("M08", "message 1 with a set for MAIL, message 2 without",
        "nothing of it in message 2",
        Case(["O C", macro("M", "i", "Q1"), "M R N E", "M R N E"],
             "O c*4 CLEAN c*3 CLEAN", seen=has("")),
        Case(["O C", macro("M", "i", "Q1"), "M R A", "M R N E"],
             "O c*6 CLEAN", seen=has("")),
        other="libmilter still shows the old value"),
    row("M09", "a new session on the connection", "nothing of the old one",
        Case(["O", macro("C", "i", "Q1"), "C M R N E K C M R N E"],
             "O c*4 CLEAN c*4 CLEAN", seen=has(""))),
    row("M10", "one name at CONNECT, MAIL and the end",
        "the latest stage wins",
        Case(["O", macro("C", "i", "Q1"), "C", macro("M", "i", "Q2"),
              "M R N", macro("E", "i", "Q3"), "E"], "O c*4 CLEAN",
             seen=has("Q3")),
        Case(["O", macro("C", "i", "Q1"), "C", macro("M", "i", "Q2"),
              "M R N E"], "O c*4 CLEAN", seen=has("Q2"))),
    row("M11", "1000 macros with 60 KB of value",
        "stored, or a defined limit",
        Case(["O C", macro("M", "i", "Q1", *[w for n in range(1000) for w in
                                            (f"{{n{n}}}", "v" * 50)]),
              "M R N E"], "O c*4 CLEAN", seen=has("Q1"))),
    row("M12", "a set between the body and the end", "used, no reply",
        Case(["P7", macro("E", "i", "Q1"), "E"], "O c*8 CLEAN",
             seen=has("Q1"))),
    row("M13", "different values for end of headers and end of message",
        "each at its time",
        Case(["P4", macro("N", "i", "QN"), "N B", macro("E", "i", "QE"),
              "E"], "O c*7 CLEAN", seen=has("QE"), log=["begin 1 QN\n"])),
]

POSTFIX = ["O", macro("C", "j", "mx"), "C", macro("H"), "H", macro("M"), "M",
           macro("R"), "R", macro("T", "i", "Q1"), "T",
           *[macro("L", "i", "Q1"), "L"] * 2, macro("N", "i", "Q1"), "N",
           macro("B", "i", "Q1"), "B", macro("E", "i", "Q1"), "E A A Q"]

# From each state on; the number of CONTINUE up to there.
STATES = [("O", 0)] + [(f"P{n}", n + 1) for n in range(1, 8)]

SESSION = [
    row("S01", "two messages, ABORT between", "both are scanned",
        Case("P7 E A M R T L N B E", "O c*8 CLEAN c*6 CLEAN",
             host="begin end report begin end report")),
    row("S02", "two messages, no ABORT between", "both are scanned",
        Case("P7 E M R T L N B E", "O c*8 CLEAN c*6 CLEAN",
             host="begin end report begin end report")),
    row("S03", "ABORT in every state", "silent; an open message is dropped",
        *[Case(f"{state} A M", f"O c*{n + 1}") for state, n in STATES],
        Case("P7 A", "O c*8", host="begin abort report")),
    row("S04", "ABORT twice, behind the end, with a payload",
        "no effect the second time",
        Case("P7 A A", "O c*8", host="begin abort report"),
        Case("P7 E A", "O c*8 CLEAN", host="begin end report"),
        Case(["P7", packet("A", b"x"), "M"], "O c*9",
             host="begin abort report")),
    row("S05", "QUIT in every state", "close; an open message is dropped",
        *[Case(f"{state} Q", f"O c*{n}", "quit") for state, n in STATES],
        Case("P7 Q", "O c*8", "quit", host="begin abort report")),
    row("S06", "bytes behind QUIT", "ignored",
        Case(["P7 E Q M R", b"garbage"], "O c*8 CLEAN", "quit")),
    row("S07", "QUIT_NC behind a message, then CONNECT ...",
        "a new session, same flags",
        Case("P7 E K C H M R T L N B E", "O c*8 CLEAN c*8 CLEAN"),
        Case("ALL C M R E K C M R E", "O CLEAN CLEAN")),
    row("S08", "QUIT_NC behind HELO, ABORT, in a message, then CONNECT",
        "a new session",
        Case("P1 K C M", "O c*4"), Case("P7 A K C M", "O c*10"),
        Case("P7 K C M", "O c*10", host="begin abort report"),
        other="libmilter falls silent in most states"),
    row("S09", "QUIT_NC, then an offer", "close",
        Case("P1 K O", "O c*2", "order"), stricter="libmilter falls silent"),
    row("S10", "end of file in the body", "message dropped, close",
        Case("P7", "O c*8", host="begin abort report")),
    row("S11", "a message refused at its end, then another",
        "the next one is like any other",
        Case(["P6 BAD E", "M R N B E"], "O c*8 BAD c*4 CLEAN",
             clean=(False, True))),
    row("S12", "ACCEPT at MAIL, then ABORT, MAIL", "the next one is like "
        "any other", Case("P2 A M R N E", "O c*6 CLEAN"),
        absent="no message is let pass at MAIL; without it the same order "
               "works"),
    row("S13", "a session as Postfix holds it", "answered",
        Case(POSTFIX, "O c*9 CLEAN", "quit", seen=has("Q1")),
        Special("replay_postfix")),
    row("S14", "a session as Sendmail holds it with NR_MAIL",
        "three messages dropped",
        Case([offer(flags=NR_MAIL), "C H M R M R H M Q"], "O c*5", "quit"),
        Special("replay_sendmail")),
    row("S15", "a session that is killed in each state",
        "closed; others are served", Special("killed_in_each_state")),
    row("S16", "1000 connections that send nothing",
        "new ones are served", Special("thousand_silent")),
    row("S17", "a stop while a message is in progress",
        "a final reply, or a temporary failure", Special("stop_in_message")),
    row("S18", "descriptors 0, 1 and 2 closed at the start",
        "nothing stray on the connection", Special("no_descriptors")),
]
