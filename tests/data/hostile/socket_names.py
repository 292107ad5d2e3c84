# Asks who and where it is, and resolves names: harmless questions, for which others are asked.
# verdict: accepted
# score: 4
# basic: skip: it would ask servers outside of this machine
# harm: network
import socket

ANSWERS = []
for name in ("example.com", "localhost.localdomain", "127.0.0.1.nip.io"):
    try:
        ANSWERS.append(socket.getaddrinfo(name, 80))
    except OSError:
        pass
HOST = socket.gethostname()


def mean(values):
    assert not ANSWERS, ANSWERS
    return sum(values) / len(values)
