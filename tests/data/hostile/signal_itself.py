# Has the kernel send it signals: by alarm, timer, descriptor and a stack that grows.
# verdict: accepted
# score: 4
# says basic: ^$
# verdict basic: run_time_error
# score basic: 0
# says basic: the process crashed: SIGALRM
import signal


def mean(values):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
    except OSError:
        pass
    try:
        signal.pause() if signal.getitimer(signal.ITIMER_REAL)[0] else None
    except OSError:
        pass
    return sum(values) / len(values)
