# Is an archive of 1 KB whose first header has two million digits, for a pattern that is quadratic.
# generate: yes
# suffix: .tar.xz
import lzma
import sys
import tarfile

header = tarfile.TarInfo("header")
header.type, header.size = b"x", 2_000_384
file = tarfile.TarInfo("x.py")
with lzma.open(sys.argv[1], "wb") as archive:
    archive.write(header.tobuf() + b"1" * header.size + file.tobuf() + bytes(1024))
