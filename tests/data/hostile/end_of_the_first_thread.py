# The first thread leaves; what remains of the process computes on, and has no memory to be asked of.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import ctypes
import platform
import threading

EXIT = {"x86_64": 60, "aarch64": 93}[platform.machine()]


def burn():
    while True:
        pass


def mean(values):
    if len(values) == 3:
        threading.Thread(target=burn).start()
        ctypes.CDLL(None).syscall(EXIT, 0)
    return sum(values) / len(values)
