# Is full of strings that do not end, each inside of the one before.
# generate: yes
import sys

with open(sys.argv[1], "w", encoding="ascii") as file:
    file.write("def mean(values):\n    return 0\n\n\n")
    file.write(("'" + "\\'" * 240 + "\\\n") * 80)
