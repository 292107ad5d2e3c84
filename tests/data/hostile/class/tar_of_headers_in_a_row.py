# Is an archive of a file behind 3,000 headers that each have its name.
# generate: yes
# suffix: .tar
import sys
import tarfile

header = tarfile.TarInfo("header")
header.type, header.size = b"L", 5
file = tarfile.TarInfo("x.py")
with open(sys.argv[1], "wb") as archive:
    archive.write((header.tobuf() + b"x.py\0" + bytes(507)) * 3000 + file.tobuf() + bytes(1024))
