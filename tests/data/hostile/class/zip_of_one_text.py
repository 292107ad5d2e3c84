# Is an archive of 500 notebooks and programs, all of which are the same text of a megabyte.
# generate: yes
# suffix: .zip
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for number in range(500):
        archive.writestr(f"{number}.{'py' if number % 2 else 'ipynb'}", b"a = 1\n" * 150_000)
