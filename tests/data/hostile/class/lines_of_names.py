# Has many lines "a:" without an equals sign, in which a pattern may search from each to the end.
# generate: yes
# suffix: .py
import sys

with open(sys.argv[1], "wb") as file:
    file.write(b"a:\n" * 60_000)
