# Sends to a port, a path and a nameless place, without being connected.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['udp'
# harm: network
# basic: may use the network
import socket

WORLD = "."
PORT = 0


def send(family, address, kind=socket.SOCK_DGRAM):
    with socket.socket(family, kind) as sender:
        sender.settimeout(0.2)
        if kind == socket.SOCK_DGRAM:
            sender.sendto(b"hostile", address)
        else:
            sender.connect(address)


WAYS = {
    "udp": lambda: send(socket.AF_INET, ("127.0.0.1", PORT)),
    "path": lambda: send(socket.AF_UNIX, f"{WORLD}/socket", socket.SOCK_STREAM),
    "abstract": lambda: send(socket.AF_UNIX, f"\0hostile-{PORT}", socket.SOCK_STREAM),
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
