# Is an archive whose members are 32,000 folders deep.
# generate: yes
# suffix: .zip
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for number in range(4):
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = f"{number}/" + "a/" * 32_000 + "b.py"
        archive.writestr(info, "x = 1\n")
