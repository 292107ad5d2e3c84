# Blocks and ignores every signal it can, and then loops.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import signal


def mean(values):
    while len(values) == 3:
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
    return sum(values) / len(values)
