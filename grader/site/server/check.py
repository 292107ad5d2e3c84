"""`grader serve --check`: whether the practice page can be served here, before anybody needs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.bank.locate import Bank
from grader.course.folder_lock import served_folder_locked
from grader.errors import GraderError, UsageError
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.site.access.sign_in_options import SignIn, header_authenticator, provider_of
from grader.site.classroom import Classroom, load_classroom
from grader.site.records.book import NAME, SCHEMA
from grader.site.records.forgetting import opened
from grader.site.server import places
from grader.site.server.backups import backups_in
from grader.site.server.machine import check_clock, check_folder, check_limits, check_sandbox
from grader.site.server.places import Place
from grader.site.server.readiness import Finding
from grader.values.dataclasses import dataclass
from grader.values.show import plural
from grader.verify import verify

_PACKAGES = ("starlette", "uvicorn")
_TIMES = (("draft", "saved_at"), ("attempt", "received_at"))


@dataclass(frozen=True)
class Planned:
    """What is to be served.

    Attributes:
        course, roster: paths; None for one person alone
        backups: folder of the backups; None for no backups
        is_full: whether every problem is verified, which takes seconds for each
    """

    bank: Bank
    course: str | None
    roster: str | None
    folder: Path
    backups: Path | None
    tier: str
    is_full: bool = False

    @property
    def is_course(self) -> bool:
        return self.course is not None


def check(planned: Planned) -> Iterator[Finding]:
    """Yield what is found, part by part; each says what to do."""
    yield Finding("packages", ", ".join(f"{each} {_version(each)}" for each in _PACKAGES))
    yield check_sandbox(planned.tier, planned.is_course)
    yield from check_limits()
    yield from check_folder(planned.folder, planned.is_course)
    yield from _book(planned)
    classroom, found = _course(planned)
    yield from found
    yield from _problems(planned, classroom)


def check_place(place: Place, is_for_course: bool) -> Iterator[Finding]:
    """Yield whether the server can listen where it is to be."""
    name = "port" if place.uds is None and place.fd is None else "socket"
    if place.fd is not None:  # that of another program, which passes it to the server
        text = f"not checked: number {place.fd} is opened by the program that starts the server"
        yield Finding(name, text)
        return
    try:
        with places.opened(place, is_for_course) as site:
            found = site.listener.getsockname()
    except UsageError as error:
        yield Finding(name, str(error), is_good=False)
        return
    if isinstance(found, str):
        yield Finding(name, f"{found} can be made")
    else:
        wanted = places.DEFAULT_PORT if place.port is None else place.port
        text = f"{found[1]} is free"
        is_wanted = wanted in (found[1], 0)
        yield Finding(name, text if is_wanted else f"{wanted} is taken; {text} instead")


def check_login(sign_in: SignIn, planned: Planned, place: Place) -> Iterator[Finding]:
    """Yield whether people can sign in other than by links, as far as no provider need be asked."""
    if not sign_in.is_any or place.fd is not None or not (planned.course and planned.roster):
        return
    try:
        classroom = load_classroom(planned.course, planned.roster, planned.bank)
        with places.opened(place, planned.is_course) as site:
            if sign_in.trust_header:
                header_authenticator(sign_in, classroom, site)
                text = f"the header {sign_in.trust_header} of the proxy names people"
            else:
                text = f"{provider_of(sign_in, site).label} signs people in"
    except GraderError as error:
        yield Finding("login", str(error), is_good=False)
    else:
        yield Finding("login", text)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(of unknown version)"


# The book ----------------------------------------------------------------------------------------


def _book(planned: Planned) -> Iterator[Finding]:
    path = planned.folder / NAME
    newest = ""
    if not path.exists():
        yield Finding("book", f"will be made in {planned.folder}")
    else:
        try:
            with served_folder_locked(planned.folder):
                pass
        except UsageError:
            text = f"a server is running with the book in {planned.folder}"
            yield Finding("running", text, is_good=False, is_fatal=False)
        try:
            with opened(path) as book:
                newest = _newest(book)
                yield _sound(book)
        except UsageError as error:
            yield Finding("book", str(error), is_good=False)
    yield check_clock(newest)
    if planned.backups is None:
        text = "none are made; leave out `--backup-every 0`, unless something else makes them"
        yield Finding("backups", text, is_good=False, is_fatal=False)
    else:
        kept = backups_in(planned.backups)
        last = f"{len(kept)}, the last of {kept[-1].at:%Y-%m-%d %H:%M} UTC" if kept else "none yet"
        is_old = bool(kept) and (datetime.now(UTC) - kept[-1].at).days > 1 and path.exists()
        if is_old:
            last += "; none was made for days: see the log for the reason"
        yield Finding("backups", last, is_good=not is_old, is_fatal=False)


def _sound(book: sqlite3.Connection) -> Finding:
    (found,) = book.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        text = f"it is damaged ({found}); restore a backup with `grader book restore`"
        return Finding("book", text, is_good=False)
    (schema,) = book.execute("SELECT value FROM about WHERE name = 'schema'").fetchone()
    if int(schema) > SCHEMA:
        text = f"it was written by a newer grader (version {schema}); update the grader"
        return Finding("book", text, is_good=False)
    counts = {
        table: book.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("draft", "attempt")
    }
    held = ", ".join(plural(number, table) for table, number in counts.items())
    return Finding("book", f"it is sound and has {held}")


def _newest(book: sqlite3.Connection) -> str:
    found = [
        book.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] or ""
        for table, column in _TIMES
    ]
    for row in book.execute("SELECT value FROM about WHERE name = 'seen_at'"):
        found.append(row["value"])
    return max(found)


# The course --------------------------------------------------------------------------------------


def _course(planned: Planned) -> tuple[Classroom | None, list[Finding]]:
    if planned.course is None or planned.roster is None:
        return None, []
    try:
        classroom = load_classroom(planned.course, planned.roster, planned.bank)
    except GraderError as error:
        return None, [Finding("course", str(error), is_good=False)]
    staff = sum(each.role.is_staff for each in classroom.people)
    students = len(classroom.people) - staff
    text = (
        f"{classroom.term.title}: {plural(len(classroom.works), 'assignment')} with"
        f" {plural(len(classroom.slugs), 'problem')}, {plural(students, 'student')} and"
        f" {plural(staff, 'member')} of the staff"
    )
    return classroom, [Finding("course", text)]


def _problems(planned: Planned, classroom: Classroom | None) -> Iterator[Finding]:
    bank = planned.bank
    slugs = list(classroom.slugs) if classroom is not None else bank.slugs()
    if bank.solutions is None:
        text = f"{bank.described} has no solutions, so only public cases are judged"
        yield Finding("problems", text, is_good=False, is_fatal=planned.is_course)
    bad: list[str] = []
    for slug in slugs:
        try:
            bank.load(slug)
        except GraderError as error:
            bad.append(slug)
            yield Finding(slug, str(error), is_good=False, is_fatal=planned.is_course)
    good = [slug for slug in slugs if slug not in bad]
    if planned.is_full and bank.solutions is not None:
        yield from _verified(planned, good)
    else:
        text = f"{len(good)} of {len(slugs)} can be loaded; `--full` verifies them too"
        yield Finding("problems", text)


def _verified(planned: Planned, slugs: Sequence[str]) -> Iterator[Finding]:
    with (
        Sandbox(start_fork_server(), planned.tier) as sandbox,
        sandbox.with_another_hash_seed() as other,
    ):
        for slug in slugs:
            if not verify(planned.bank, slug, (sandbox, other)).is_valid:
                text = f"`grader verify {slug}` finds errors; correct them before it is opened"
                yield Finding(slug, text, is_good=False, is_fatal=planned.is_course)
    yield Finding("problems", f"verified: {len(slugs)}")
