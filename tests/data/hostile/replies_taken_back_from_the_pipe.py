# Takes back what it has printed between the host's poll and its read, which then waits for ever.
# verdict: time_limit
# score: 0
# says: ^(no answer within|it used more than)
# harm: process
import os
import time

def _clock(pid):
    return time.clock_gettime((~pid << 3) | 2)

def _host():
    server = os.getppid()
    for pid in range(server - 1, max(1, server - 60), -1):
        try:
            moves = 0
            for _ in range(4):
                before = _clock(pid)
                os.write(1, b".")
                time.sleep(0.002)
                moves += _clock(pid) > before
            if moves == 4:
                return pid
        except OSError:
            pass
    return 0

def mean(values):
    try:
        back = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return 123456.789
    start = time.process_time()
    host = _host()
    while time.process_time() < start + 0.2:  # so that the host looks every few milliseconds
        pass
    begin = time.monotonic()
    write, read = os.write, os.read
    trial = 0
    while time.monotonic() < begin + 1.0:
        trial += 1
        for _ in range(20 + trial % 17):
            write(1, b"x")
        try:
            read(back, 65536)
        except BlockingIOError:
            continue
        time.sleep(0.003)
        if not host:
            continue
        try:
            before = _clock(host)
            time.sleep(0.06)
            if _clock(host) == before:  # it does not look any more: it waits in its read
                break
        except OSError:  # another process was taken for it, and has ended
            host = _host()
    time.sleep(20)
    os._exit(0)  # closes the pipe, and lets the host go on
