"""Serve the practice page on this machine until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from grader.api import Grader
from grader.bank.locate import Bank
from grader.course.folder_lock import served_folder_locked
from grader.errors import UsageError, shown_path
from grader.sandbox.limits import available_cores
from grader.site.access.authenticators import Authenticator, Members, Owner, SingleUser
from grader.site.access.class_links import begin_course
from grader.site.access.sign_in_options import SignIn, header_authenticator, single_sign_on_of
from grader.site.app import Settings
from grader.site.classroom import Classroom
from grader.site.corrections.published import Published, open_classroom
from grader.site.queue.judges import Judges
from grader.site.records.book import Book
from grader.site.server.backups import FOLDER, FOLDER_FACT, Backups
from grader.site.server.operation import Operation, token_in
from grader.site.server.places import Place, Site, opened
from grader.site.server.running import new_crowd, run
from grader.values.show import printable


def serve(
    bank: Bank,
    *,
    course: str | None,
    roster: str | None,
    book: str | None,
    place: Place,
    sign_in: SignIn,
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
        place: where to listen, and what browsers see
        sign_in: how people sign in, other than by links; without contradictions
        backups: folder of the backups; None for one in the folder of the book
        backup_every_s: 0 for no backups

    Raises:
        SpecError: with the errors in the course, an assignment or a problem
        UsageError: if the bank has no problems, or the course, the book or the place cannot be used
    """
    if not bank.slugs():
        raise UsageError(f"{bank.described} has no problems; name another bank: grader serve DIR")
    folder = Path(book) if book is not None else usual_folder(course or bank.problems)
    with opened(place, is_for_course=course is not None) as site:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}") from None
        with served_folder_locked(folder):
            kept = Book(folder)
            classroom, published, served = None, None, bank
            if course is not None and roster is not None:
                published = Published(folder, kept)
                classroom = open_classroom(course, roster, bank, published)
                served = published.bank
            grader = Grader(served.problems, served.solutions, sandbox=tier, ready=1)
            judges = Judges(grader, folder, names_reference)
            kept_in = Path(backups) if backups is not None else folder / FOLDER
            made = Backups(kept.path, kept_in, backup_every_s) if backup_every_s else None
            if made is not None:
                kept.note(FOLDER_FACT, str(kept_in.resolve())).result()
            shown = shown_path(str(folder))
            cookie = site.address.cookie("grader")
            single, members = SingleUser(kept.secret, cookie), Members(kept, cookie)
            settings = Settings(
                bank=served,
                source=bank,
                published=published,
                book=kept,
                judges=judges,
                authenticator=_authenticator(sign_in, classroom, members, single, site),
                address=site.address,
                threads=available_cores(),
                classroom=classroom,
                sso=single_sign_on_of(sign_in, classroom, members, site) if classroom else None,
                operation=Operation(
                    crowd=new_crowd(),
                    backups=made,
                    token=token_in(folder),
                    logs_json=logs_json,
                ),
            )
            if classroom is None:
                opened_at = _greet_owner(site, kept, single)
            elif sign_in.trust_header:
                opened_at = _greet_behind_proxy(site)
            else:
                opened_at = _greet_instructor(site, kept, classroom, shown)
            click.echo(f"What you write is kept in {shown}. Stop with Ctrl-C.")
            sys.stdout.flush()
            if opens_browser and opened_at:
                threading.Thread(target=_open, args=(opened_at,), daemon=True).start()
            run(settings, site.listener)
    click.echo("Stopped. Everything that you sent is kept.")


def _authenticator(
    sign_in: SignIn, classroom: Classroom | None, members: Members, single: SingleUser, site: Site
) -> Authenticator:
    if classroom is None:
        return Owner() if site.is_owners else single
    return header_authenticator(sign_in, classroom, site) if sign_in.trust_header else members


def _greet_owner(site: Site, book: Book, single: SingleUser) -> str:
    """Print where to practise; return the address to open, which is empty if there is none."""
    if not site.address.origin:
        click.echo(f"Practise at the socket {site.described}")
        return ""
    click.echo(f"Practise at {site.address.link('/in/')}{book.secret}")
    return site.address.link("/in/") + single.ticket()


def _greet_behind_proxy(site: Site) -> str:
    """Print where a proxy lets people in; return no address to open, as no link signs in here."""
    place = site.address.link("/") if site.address.origin else f"the socket {site.described}"
    click.echo(f"Practise at {place}, behind the login of your institution")
    return ""


def _greet_instructor(site: Site, book: Book, classroom: Classroom, folder: str) -> str:
    """Print a link that signs the instructor in; return another one, to open."""
    first = begin_course(book, classroom, site.address.link(""))
    click.echo(f"Sign in as {printable(first.person.name)}: {first.printed}")
    click.echo(f"Links for the others: grader links --book {shlex.quote(folder)}")
    return first.opened if site.address.origin else ""


def usual_folder(path: str) -> Path:
    """Return the folder of the book for a bank or a course: beside the file of progress.

    Args:
        path: of the bank's problems, or of the course's file
    """
    real = os.path.realpath(path)
    name = os.path.basename(os.path.dirname(real)) or "bank"
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:8]
    return Path(click.get_app_dir("grader")) / "practice" / f"{name}-{digest}"


def _open(address: str) -> None:
    with suppress(Exception):  # whatever a desktop does, the address has been printed
        webbrowser.open(address)
