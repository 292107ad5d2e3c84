# Makes files in every folder that somebody may write to.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['\.', 
# harm: file hostile-made
# basic: may write files
import os
import tempfile

WORLD = "."
FOLDERS = (".", "..", WORLD, f"{WORLD}/home", f"{WORLD}/files", "/tmp", "/var/tmp", "/dev/shm", "/run")
BROKE = []
for folder in FOLDERS:
    try:
        os.close(os.open(f"{folder}/hostile-made", os.O_CREAT | os.O_WRONLY | os.O_EXCL))
        BROKE.append(folder)
    except OSError:
        pass
for way in (tempfile.mkstemp, tempfile.mkdtemp, tempfile.TemporaryFile):
    try:
        way(prefix="hostile-made")
        BROKE.append(way.__name__)
    except OSError:
        pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)
