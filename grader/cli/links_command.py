"""`grader links`: makes sign-in links for the people of a course."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from grader import DISTRIBUTION
from grader.cli.common import check_path, needs_serve_extra, write_report
from grader.cli.output import say
from grader.errors import UsageError
from grader.values.show import plural

if TYPE_CHECKING:
    from grader.site.access.class_links import PersonLink


@click.command()
@click.option(
    "--book",
    "folder",
    metavar="DIR",
    type=click.Path(),
    help="The folder of the book, as with `grader serve`.",
)
@click.option(
    "--course",
    metavar="FILE",
    help="The file of the course. Use this instead of --book if `grader serve` was started without "
    "--book.",
)
@click.option(
    "--roster",
    metavar="CSV",
    help="The roster; its e-mail addresses are added to the table, for mail merge.",
)
@click.option("--section", "sections", multiple=True, help="Only this section; may be repeated.")
@click.option(
    "--person", "people", multiple=True, metavar="ID", help="Only this person; may be repeated."
)
@click.option("--staff", is_flag=True, help="For the staff instead of the students.")
@click.option(
    "--replace",
    is_flag=True,
    help="Also for people who are signed in or have an unused link, which then becomes invalid.",
)
@click.option(
    "--address",
    metavar="URL",
    help="The address of the server. Default: the one that `grader serve` printed.",
)
@click.option("--out", metavar="CSV", type=click.Path(), help="Write a table for mail merge.")
@click.option(
    "--sheet", metavar="HTML", type=click.Path(), help="Write a page to print and cut up."
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Overwrite the files of --out and --sheet if they exist; the links in the old files "
    "cannot be shown again.",
)
def command(
    folder: str | None,
    course: str | None,
    roster: str | None,
    sections: Sequence[str],
    people: Sequence[str],
    staff: bool,
    replace: bool,
    address: str | None,
    out: str | None,
    sheet: str | None,
    overwrite: bool,
) -> None:
    """Make sign-in links for the people of a course that `grader serve` serves.

    A link signs in one browser, once, within 14 days. By default, each student who is not signed in
    and has no link yet gets one. Without --out and --sheet, the links are printed. The server may
    be running.
    """
    with needs_serve_extra("grader links"):
        from grader.site.access import class_links
        from grader.site.access.links import LinkKind
        from grader.site.serve import usual_folder
        from grader.site.server.addresses import public_address

    if (folder is None) == (course is None):
        raise UsageError("name the book by --book DIR, or the course by --course FILE")
    for each in filter(None, (out, sheet)):
        check_path(each)
        if os.path.isfile(each) and not overwrite:
            raise UsageError(
                f"{each} exists, and may have links that cannot be shown again; name another file,"
                " or replace it with --overwrite"
            )
        _make_private(each)
    given = public_address(address, [], "--address").link("") if address is not None else ""
    emails = _emails(roster)
    if course is not None and not os.path.isfile(course):
        raise UsageError(f"there is no file {course} (--course)")
    path = Path(folder) if folder is not None else usual_folder(str(course))
    with class_links.course_book(path) as (book, title, noted):
        wanted = class_links.Wanted(sections, people, staff, replace)
        chosen, served = class_links.people_to_link(book, wanted)
        base = given or noted
        if not base:
            raise UsageError("the server is behind a socket; name its address with --address URL")
        links = class_links.make_links(book, chosen, base, emails)
    left = f"; not needed by {served} (signed in, or with a link; see --replace)" if served else ""
    if not links:
        end = ". Nothing was written." if out or sheet else ""
        say(f"0 links were made{left}{end}", err=True)
        return
    if out is not None:
        _write_private(out, lambda file: class_links.write_table(links, file))
    if sheet is not None:
        _write_private(sheet, lambda file: class_links.write_sheet(title, links, file))
        if find_spec("segno") is None:
            say(
                f"The sheet has no QR codes, which need segno: pip install '{DISTRIBUTION}[qr]'",
                err=True,
            )
    if out is None and sheet is None:
        _print(links)
    days = LinkKind.LINK.valid_for.days
    say(f"{plural(len(links), 'link')}, valid for {days} days{left}", err=True)


def _emails(roster: str | None) -> dict[str, str]:
    if roster is None:
        return {}
    from grader.site.access.class_links import emails_of
    from grader.submissions.roster import read_roster

    return emails_of(read_roster(roster))


def _make_private(path: str) -> None:
    """Let only its owner read a file that exists, whose rights its successor gets.

    Raises:
        UsageError: if it is somebody else's
    """
    if os.path.isfile(path):
        try:
            os.chmod(path, 0o600)
        except OSError as error:
            raise UsageError(
                f"{path} cannot be made private: {error.strerror}; name another file"
            ) from None


def _write_private(path: str, write: Callable[[TextIO], None]) -> None:
    """Write a file that only its owner may read: a link signs in anybody who has it."""

    def write_privately(file: TextIO) -> None:
        if os.path.isfile(file.name):
            os.chmod(file.name, 0o600)
        write(file)

    write_report(path, write_privately)


def _print(links: Sequence[PersonLink]) -> None:
    for each in links:
        say(f"{each.person.name} ({each.person.id}): {each.address}")
