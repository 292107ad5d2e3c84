# Asks the system who and where it is, and takes no for an answer.
# verdict: accepted
# score: 4
import getpass
import locale
import os
import shutil
import signal
import sys
import sysconfig
import tempfile
import time

for ask in (
    tempfile.gettempdir,
    getpass.getuser,
    os.getlogin,
    locale.getlocale,
    os.uname,
    os.getloadavg,
    os.times,
    os.cpu_count,
    os.getcwd,
    time.tzset,
    lambda: shutil.which("ls"),
    lambda: shutil.disk_usage("/"),
    lambda: shutil.get_terminal_size(),
    lambda: os.path.expanduser("~"),
    lambda: os.path.exists("/etc/passwd"),
    lambda: os.get_terminal_size(),
    lambda: signal.signal(signal.SIGALRM, signal.SIG_DFL),
    lambda: sysconfig.get_paths(),
    lambda: os.sched_getaffinity(0),
    lambda: sys.stdin.readline(),
):
    try:
        ask()
    except (OSError, KeyError, ImportError):
        pass


def mean(values):
    return sum(values) / len(values)
