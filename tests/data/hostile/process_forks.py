# Starts processes in every way Python has, each of which would sleep for five minutes.
# verdict: accepted
# score: 4
# verdict basic: run_time_error
# score basic: 3
# says basic: broke out: \['fork', 'forkpty', 'posix_spawn', 'spawn', 'popen', 'Popen', 'system'\]
# harm: process
import os
import pty
import subprocess
import time

SLEEP = ["/bin/sleep", "300"]


def forks(fork):
    if fork() in (0, (0, -1)):
        os.closerange(0, 100)
        time.sleep(300)
        os._exit(0)


def forks_with_a_terminal():
    pid, _ = pty.fork()
    if pid == 0:
        time.sleep(300)
        os._exit(0)


WAYS = {
    "fork": lambda: forks(os.fork),
    "forkpty": forks_with_a_terminal,
    "posix_spawn": lambda: os.posix_spawn(SLEEP[0], SLEEP, os.environ),
    "spawn": lambda: os.spawnv(os.P_NOWAIT, SLEEP[0], SLEEP),
    "popen": lambda: os.popen("exec sleep 300 >/dev/null &"),
    "Popen": lambda: subprocess.Popen(SLEEP, start_new_session=True),
    "system": lambda: 1 / (os.system("sleep 300 &") == 0),
}


def mean(values):
    broke = []
    for name, way in WAYS.items() if len(values) == 3 else ():
        try:
            way()
            broke.append(name)
        except (OSError, ZeroDivisionError):
            pass
    assert not broke, f"broke out: {broke}"
    return sum(values) / len(values)
