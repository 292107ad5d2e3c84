# Waits for calls from outside, over TCP, a path and a nameless place.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['tcp', 'path'
# basic: may write files
import os
import socket


def listen(family, address):
    listener = socket.socket(family)
    listener.bind(address)
    listener.listen()
    return listener


WAYS = {
    "tcp": lambda: listen(socket.AF_INET, ("127.0.0.1", 0)),
    "path": lambda: listen(socket.AF_UNIX, "listening"),
    "abstract": lambda: listen(socket.AF_UNIX, f"\0hostile-{os.getpid()}"),
}
BROKE = []
for name, way in WAYS.items():
    try:
        way()
        BROKE.append(name)
    except OSError:
        pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)
