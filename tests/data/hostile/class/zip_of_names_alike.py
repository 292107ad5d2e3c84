# Is an archive of 200 members whose long names differ in case alone.
# generate: yes
# suffix: .zip
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for number in range(200):
        name = "".join("aA"[number >> bit & 1] for bit in range(8)) + "b" * 16_000 + ".py"
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = name
        archive.writestr(info, "x = 1\n")
