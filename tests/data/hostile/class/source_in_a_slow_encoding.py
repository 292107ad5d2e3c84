# Declares an encoding whose decoder takes a time that grows with the square of the length.
# generate: yes
import sys

with open(sys.argv[1], "w", encoding="ascii") as file:
    file.write("# coding: Punycode\n#" + "a" * 500_000 + "-" + "b" * 500_000 + "\n")
