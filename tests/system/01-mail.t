#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Mail of all shapes through Postfix, pratiqued and clamd."""

from kit.mailchecks import CHECKS, SETTINGS
from kit.tap import main
from kit.world import World


def world(stack, directory):
    return World(stack, directory, **SETTINGS)


main(world, *CHECKS)
