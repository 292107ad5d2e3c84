"""Serve the practice page on this machine until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import threading
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click
import uvicorn

from grader.api import Grader
from grader.bank.locate import Bank
from grader.course.folder_lock import folder_locked
from grader.errors import UsageError, shown_path
from grader.sandbox.limits import available_cores
from grader.site.app import Settings, application
from grader.site.backups import FOLDER, Backups
from grader.site.book import Book
from grader.site.classroom import load_classroom
from grader.site.connections import Crowd, allow_many_files, connections
from grader.site.doors import Alone, Members
from grader.site.judges import Judges
from grader.site.logs import set_up
from grader.site.operation import Operation, token_in

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_GRACE_S = 2  # for pages that are being sent when the server ends
_BACKLOG = 2048
_ACCEPTED_AT_ONCE = 256  # each has a descriptor before it is known whether there is room for it


def serve(
    bank: Bank,
    *,
    course: str | None,
    roster: str | None,
    book: str | None,
    port: int,
    may_take_another: bool,
    names_reference: bool,
    opens_browser: bool,
    tier: str,
    backups: str | None,
    backup_every_s: float,
    logs_json: bool,
) -> None:
    """Serve until a signal ends it.

    Args:
        course: path of the file of a course; None for one person alone
        roster: path of its roster
        book: folder of the book; None for the usual one of this bank or course
        may_take_another: whether to use another port if this one is taken
        backups: folder of the backups; None for one in the folder of the book
        backup_every_s: 0 for no backups

    Raises:
        SpecError: with the errors in the course, an assignment or a problem
        UsageError: if the bank has no problems, or the course, the book or the port cannot be used
    """
    if not bank.slugs():
        raise UsageError(f"{bank.described} has no problems; name another bank: grader serve DIR")
    classroom = None
    if course is not None and roster is not None:
        classroom = load_classroom(course, roster, bank)
    folder = Path(book) if book is not None else usual_folder(course or bank.problems)
    with listen(port, may_take_another) as listener:
        port = listener.getsockname()[1]
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}") from None
        with folder_locked(folder, "grader serve", "--book"):
            kept = Book(folder)
            grader = Grader(bank.problems, bank.solutions, sandbox=tier, ready=1)
            judges = Judges(grader, folder, names_reference)
            kept_in = Path(backups) if backups is not None else folder / FOLDER
            made = Backups(kept.path, kept_in, backup_every_s) if backup_every_s else None
            alone = Alone(kept.secret, port)
            settings = Settings(
                bank=bank,
                book=kept,
                judges=judges,
                door=Members(kept, port) if classroom is not None else alone,
                hosts=hosts_of(port),
                threads=available_cores(),
                classroom=classroom,
                operation=Operation(
                    crowd=new_crowd(),
                    backups=made,
                    token=token_in(folder),
                    logs_json=logs_json,
                ),
            )
            address = f"http://{HOST}:{port}/in/"
            click.echo(f"Practise at {address}{kept.secret}")
            click.echo(f"What you write is kept in {shown_path(str(folder))}. Stop with Ctrl-C.")
            sys.stdout.flush()
            if opens_browser:
                threading.Thread(
                    target=_open, args=(address + alone.ticket(),), daemon=True
                ).start()
            run(settings, listener)
    click.echo("Stopped. Everything that you sent is kept.")


def usual_folder(path: str) -> Path:
    """Return the folder of the book for a bank or a course: beside the file of progress.

    Args:
        path: of the bank's problems, or of the course's file
    """
    real = os.path.realpath(path)
    name = os.path.basename(os.path.dirname(real)) or "bank"
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:8]
    return Path(click.get_app_dir("grader")) / "practice" / f"{name}-{digest}"


def hosts_of(port: int) -> list[str]:
    """Return what Host may be."""
    return [f"{name}:{port}" for name in _NAMES] + (list(_NAMES) if port == 80 else [])


def listen(port: int, may_take_another: bool) -> socket.socket:
    """Return a socket that listens on this machine alone.

    Raises:
        UsageError: if the port is taken
    """
    for each in (port, 0) if may_take_another else (port,):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, each))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            reason = error.strerror or str(error)
        else:
            return listener
    raise UsageError(
        f"port {port} of {HOST} cannot be used: {reason}; choose another with --port, or 0 for any"
    )


def new_crowd() -> Crowd:
    """Return an empty crowd, as large as the limit of open files allows, which is raised for it."""
    return Crowd(allow_many_files(), time.monotonic)


class _Server(uvicorn.Server):
    """A server that tells its streams when it ends."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or ():  # asyncio uses one number for both
            each.listen(_BACKLOG)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for lanes in self._settings.stopping:
            lanes.stop()
        super().handle_exit(sig, frame)
        # uvicorn raises the signal again at the end; Ctrl-C is how this command is meant to end.
        self._captured_signals.clear()


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve an application until a signal ends it."""
    crowd = settings.operation.crowd or new_crowd()
    set_up(settings.operation.logs_json)
    config = uvicorn.Config(
        application(settings),
        http=connections(crowd),
        backlog=_ACCEPTED_AT_ONCE,
        log_config=None,
        log_level="error",  # its warnings are of strangers who send what is not HTTP
        access_log=False,  # addresses have the secret
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,  # or a page that saves now and then meets a closing connection
        server_header=False,
        lifespan="on",
        ws="none",
    )
    with suppress(KeyboardInterrupt):
        _Server(config, settings).run(sockets=[listener])


def _open(address: str) -> None:
    with suppress(Exception):  # whatever a desktop does, the address has been printed
        webbrowser.open(address)
