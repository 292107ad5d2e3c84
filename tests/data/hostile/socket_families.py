# Makes a socket of every family there is.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: .*1/1
import socket

BROKE = []
for family in range(46):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            BROKE.append(f"{family}/{int(kind)}")
        except OSError:
            pass
try:
    socket.socketpair()
    BROKE.append("pair")
except OSError:
    pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)
