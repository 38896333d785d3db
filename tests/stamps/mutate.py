# SPDX-License-Identifier: ISC
"""Messages altered at random, in a way that a seed repeats exactly.

Each starts from the base message or one of the corpus, stamped, and gets up to
three alterations: rows of the table, or small damage anywhere in a field's
name, a value, the stamp's text or the body.  Most of it is near the border
between good and bad on purpose, since that is where two readings differ.
"""
import random

import alterations
import cases
import corpus
import verify

# Bytes that mean something to somebody.
ODD = b"\0\t\n\r \"(),:;<=>@AZaz09+-_./\\\x7f\x80\xff"
PIECES = (b"\r\n", b"\n ", b"\n\t", b"\n \n ", b"\r\n\t", b"  ", b"\n", b"\r",
          b"; ", b"=", b"==", b"\xc3\xbc", b"v=1;", b"f=dm;", b"0", b"-1")
NAMES = (b"From", b"to", b"Subject", b"Date", b"DATE", b"Message-ID",
         b"Received", b"X-Spam-Flag", b"x-rspamd-", b"X-Spam", b"x-spamx",
         b"X-Scan-Stamp", b"Content-Type", b"Resent-Bcc", b"Sender", b"X",
         b"Return-Path", b"x-amavis-\x7f", b"y" * 255, b"y" * 256)
LENGTHS = (0, 1, 249, 250, 251, 16383, 16384, 16385)


def damage(rng, data):
    """One small change to some bytes."""
    at = rng.randrange(len(data) + 1)
    kind = rng.randrange(6)
    if kind == 0:
        return data[:at] + bytes([rng.choice(ODD)]) + data[at:]
    if kind == 1:
        return data[:at] + rng.choice(PIECES) + data[at:]
    if kind == 2:
        return data[:at] + data[at + rng.randrange(1, 4):]
    if kind == 3:
        return data[:at] + bytes([rng.choice(ODD)]) + data[at + 1:]
    if kind == 4:
        other = rng.randrange(len(data) + 1)
        return data[:at] + data[min(at, other):max(at, other)][:40] + data[at:]
    if data and at < len(data):
        return (data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))])
                + data[at + 1:])
    return data.swapcase()


def change_field(rng, case):
    at = rng.randrange(len(case.fields))
    name, value = case.fields[at]
    if rng.randrange(5) == 0:
        name = damage(rng, name)
    else:
        value = damage(rng, value)
    case.fields[at] = name, value


def change_stamp(rng, case):
    places = [at for at, (name, _) in enumerate(case.fields)
              if name.lower() == verify.STAMP]
    if places:
        at = rng.choice(places)
        name, value = case.fields[at]
        case.fields[at] = name, damage(rng, value)


def change_order(rng, case):
    """Moves, doubles or drops a field."""
    at = rng.randrange(len(case.fields))
    field = case.fields[at]
    kind = rng.randrange(3)
    if kind != 1 and len(case.fields) > 1:
        del case.fields[at]
    if kind != 2:
        case.fields.insert(rng.randrange(len(case.fields) + 1), field)


def new_field(rng, case):
    value = b" " + b"v" * rng.choice(LENGTHS)
    if rng.randrange(2):
        value = damage(rng, value)
    case.fields.insert(rng.randrange(len(case.fields) + 1),
                       (rng.choice(NAMES), value))


def change_body(rng, case):
    case.body = damage(rng, case.body)


def change_settings(rng, case):
    """Times at their borders."""
    made, ends = cases.MADE, cases.MADE + 3600
    case.now = rng.choice((made - 301, made - 300, made - 299, ends - 1, ends,
                           ends + 1, made))
    case.policy.max_age = rng.choice((0, 1, 1800, 3599, 3600))
    case.policy.db_age = rng.choice((0, case.now - cases.DATABASE, 259200))
    case.policy.db_lag = rng.choice((0, 1, 86400))
    case.policy.own_time = cases.DATABASE + rng.choice((-1, 0, 1, 2, 86400))


def other_claims(rng, case):
    """A good MAC over other claims."""
    numbers = (0, 1, cases.MADE, cases.MADE + 3600, cases.DATABASE,
               cases.MADE + 7 * 86400, cases.MADE + 7 * 86400 + 1,
               verify.NUMBER_MAX - 1, verify.NUMBER_MAX)
    claims = {name: rng.choice(numbers) for name in "txg"
              if rng.randrange(3) == 0}
    claims["d"] = rng.choice((0, 1, 27091, 0xffffffff))
    try:
        case.fields.insert(0, cases.field_of(case.stamp_with(cases.KEY,
                                                             **claims)))
    except verify.Refused:
        pass


def table_row(rng, case):
    """A row that cannot be applied to this message leaves it as it is."""
    try:
        rng.choice(alterations.ALTERATIONS)[1](case)
    except (AssertionError, KeyError, ValueError, IndexError,
            verify.Refused):
        pass


KINDS = ([change_field] * 4 + [change_stamp] * 4 + [table_row] * 3
         + [change_order, new_field, change_body, change_settings,
            other_claims])
# The large ones would only take time.
SMALL = [text for _, text in corpus.messages() if len(text("t")) < 8000]


def start(rng):
    case = cases.base()
    if rng.randrange(3):
        text = rng.choice(SMALL)("t1").encode("latin-1")
        case.fields, case.body = verify.split_message(text)
        case.fields.insert(0, cases.field_of(case.stamp_with(cases.KEY)))
    return case


def mutated(seed, number):
    """That many cases."""
    rng = random.Random(seed)
    for _ in range(number):
        case = start(rng)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            rng.choice(KINDS)(rng, case)
        yield case
