# Tells the arguments of the hidden case by exceptions of many names, raised after many times.
# verdict: run_time_error
# score: 2
# says: ^it raised an exception$
# harm: secret
import builtins
import time

NAMES = sorted(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, OSError | Warning | ArithmeticError)
)


def mean(values):
    if len(values) == 2:
        time.sleep(int(values[0]) % 8 / 10)
        kept = bytearray(b"x") * (int(values[1]) % 64 << 20)
        name = NAMES[int(values[0]) % len(NAMES)]
        raise getattr(builtins, "OSError" if name == "ZeroDivisionError" else name)(len(kept))
    return sum(values) / len(values)
