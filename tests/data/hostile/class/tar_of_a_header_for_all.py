# Is an archive of 20,000 files behind a header that says 40,000 things about each of them.
# generate: yes
# suffix: .tar.xz
import lzma
import sys
import tarfile

records = b"".join(b"12 k%05d=v\n" % number for number in range(40_000))
header = tarfile.TarInfo("header")
header.type, header.size = b"g", len(records)
files = b"".join(tarfile.TarInfo(f"{number}.txt").tobuf() for number in range(20_000))
with lzma.open(sys.argv[1], "wb", preset=0) as archive:
    archive.write(header.tobuf() + records + bytes(-len(records) % 512) + files + bytes(1024))
