# Has many lines that begin a definition, a decorator, a text or a continued line, and end none.
# generate: yes
# suffix: .py
import sys

with open(sys.argv[1], "wb") as file:
    for line in (b"@a(\n", b"def b(\n", b"c = \\\n", b'"""\n', b"\n", b" \t\n"):
        file.write(line * 20_000)
