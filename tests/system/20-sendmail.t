#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Mail of all shapes through Sendmail, pratiqued and clamd."""

from kit.mailchecks import CHECKS, SETTINGS
from kit.sendmail import Sendmail
from kit.tap import main
from kit.world import World


def world(stack, directory):
    return World(stack, directory, mta=Sendmail, **SETTINGS)


main(world, *CHECKS)
