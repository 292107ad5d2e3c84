# Computes for ever and lets no exception or signal end it.
# verdict: time_limit
# says: it used more than 0\.3 s of processor time
# score: 0
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def mean(values):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
