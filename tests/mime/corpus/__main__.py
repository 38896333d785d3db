# SPDX-License-Identifier: ISC
"""corpus write DIRECTORY: each message as a file, NAME.eml.
corpus show NAME: one of them on standard output."""
import os
import sys

sys.path.insert(1, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))

from corpus import MESSAGES

match sys.argv[1:]:
    case ["write", directory]:
        os.makedirs(directory, exist_ok=True)
        for name, data in MESSAGES.items():
            with open(os.path.join(directory, name + ".eml"), "wb") as out:
                out.write(data)
    case ["show", name] if name in MESSAGES:
        sys.stdout.buffer.write(MESSAGES[name])
    case _:
        sys.exit(__doc__)
