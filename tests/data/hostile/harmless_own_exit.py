# Catches what it raises itself, exits and interrupts among it.
# verdict: accepted
# score: 4
import contextlib
import sys


def mean(values):
    for error in (SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError):
        with contextlib.suppress(error):
            raise error
    try:
        sys.exit(1)
    finally:
        return sum(values) / len(values)
