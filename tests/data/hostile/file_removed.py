# Renames, moves and removes files and folders that are there.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['rename', 'unlink'
# harm: write
# basic: may write files
import os
import shutil

WORLD = "."
WAYS = {
    "rename": lambda: os.rename(f"{WORLD}/files/kept.txt", f"{WORLD}/files/moved.txt"),
    "unlink": lambda: os.unlink(f"{WORLD}/files/moved.txt"),
    "unlink the first": lambda: os.unlink(f"{WORLD}/files/kept.txt"),
    "rmdir": lambda: os.rmdir(f"{WORLD}/files/empty"),
    "rmtree": lambda: shutil.rmtree(f"{WORLD}/files"),
    "rmdir of its own folder": lambda: os.rmdir(os.getcwd()),
}
BROKE = []
for name, way in WAYS.items():
    try:
        way()
        BROKE.append(name)
    except OSError:
        pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)
