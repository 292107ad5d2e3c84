# Makes folders, links, pipes, devices, sockets and nameless files.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 0
# says basic: broke out: \['mkdir', 'symlink', 'link', 'mkfifo', 'mknod'
# harm: file hostile-odd
# basic: may write files
import os
import stat

WORLD = "."
HERE = f"{WORLD}/files/hostile-odd"
WAYS = {
    "mkdir": lambda: os.mkdir(HERE + "1"),
    "symlink": lambda: os.symlink("/etc/passwd", HERE + "2"),
    "link": lambda: os.link(f"{WORLD}/files/kept.txt", HERE + "3"),
    "mkfifo": lambda: os.mkfifo(HERE + "4"),
    "mknod": lambda: os.mknod(HERE + "5", stat.S_IFREG | 0o600),
    "device": lambda: os.mknod(HERE + "6", stat.S_IFBLK | 0o600, os.makedev(7, 0)),
    "nameless": lambda: os.open(f"{WORLD}/files", os.O_TMPFILE | os.O_WRONLY),
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
