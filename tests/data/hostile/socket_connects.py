# Calls a server of the machine over TCP, in every way Python has.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['connect'
# harm: network
# basic: may use the network
import asyncio
import http.client
import smtplib
import socket
import urllib.request

PORT = 0


def by_asyncio():
    asyncio.run(asyncio.open_connection("127.0.0.1", PORT))


WAYS = {
    "connect": lambda: socket.create_connection(("127.0.0.1", PORT), 0.2),
    "connect later": lambda: socket.socket().connect_ex(("127.0.0.1", PORT)),
    "asyncio": by_asyncio,
    "http": lambda: http.client.HTTPConnection("127.0.0.1", PORT, timeout=0.2).connect(),
    "url": lambda: urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=0.2),
    "mail": lambda: smtplib.SMTP("127.0.0.1", PORT, timeout=0.2),
    "mapped": lambda: socket.create_connection(("::ffff:127.0.0.1", PORT), 0.2),
}
BROKE = []
for name, way in WAYS.items():
    try:
        way()
        BROKE.append(name)
    except (OSError, EOFError):
        pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)
