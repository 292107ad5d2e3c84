"""The program behind `WarmCommand`: it has loaded what `grader` loads, and forks for each command.

It takes requests from the socket whose descriptor is its argument, each with the descriptors for
standard output and standard error, and answers with the exit code. The modules to load are those
that the commands before have loaded.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import socket
import sys


def serve(channel: socket.socket) -> None:
    """Run the commands that are asked for. Return in a process that is to be the command."""
    while True:
        request, files, _, _ = socket.recv_fds(channel, 1 << 20, 2)
        if not request:
            sys.exit()
        loaded, names = os.pipe()
        gc.collect()
        gc.freeze()  # or the first collection in a child copies all memory
        pid = os.fork()
        if pid == 0:
            os.close(loaded)
            channel.close()
            words, folder, environment = json.loads(request)
            os.setsid()
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            for number, file in enumerate(files, 1):
                os.dup2(file, number)
                os.close(file)
            sys.argv[1:] = words
            _report_modules_at_exit(names)
            return
        for file in (names, *files):
            os.close(file)
        with open(loaded, encoding="utf-8") as pipe:
            for name in pipe.read().split():
                if name not in sys.modules:
                    importlib.import_module(name)
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def _report_modules_at_exit(names: int) -> None:
    """Write the names of the modules that are loaded when the command ends."""

    @atexit.register
    def report() -> None:
        os.write(names, " ".join(name for name in sys.modules if name != "__main__").encode())


del sys.path[0]  # the folder of this file
serve(socket.socket(fileno=int(sys.argv[1])))
from grader.__main__ import main  # noqa: E402  in a process of the command's own

main()
