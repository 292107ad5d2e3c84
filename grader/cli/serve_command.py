"""`grader serve`: practise in the browser."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, needs_serve_extra, sandbox_option
from grader.cli.output import say
from grader.cli.serve_login import NAMES, login_options
from grader.cli.serve_place import place_options
from grader.errors import EXIT_ACCEPTED, EXIT_NOT_ACCEPTED, UsageError

if TYPE_CHECKING:
    from grader.site.access.sign_in_options import SignIn
    from grader.site.server.check import Planned
    from grader.site.server.places import Place


@click.command()
@click.argument("folder", required=False, metavar="[BANK]", type=click.Path())
@click.option("--course", metavar="FILE", help="Serve a course: its file, course.yaml.")
@click.option("--roster", metavar="CSV", help="The students of the course.")
@click.option(
    "--book",
    "book",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="The folder to store drafts and attempts in. Default: one for each bank or course, in "
    "your folder for application data.",
)
@click.option(
    "--backup-every",
    "backup_every",
    type=click.IntRange(0),
    metavar="MINUTES",
    default=60,
    show_default=True,
    help="How often to back up the book; 0 for never. The last 24 copies are kept, and the last "
    "copy of each of the latest 14 days.",
)
@click.option(
    "--backups",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="The folder to store backups in, preferably on another disk. Default: `backups` in the "
    "folder of the book.",
)
@click.option(
    "--log-json",
    is_flag=True,
    help="Write the log as JSON objects, one per line, and log every request.",
)
@click.option(
    "--reference-answers",
    is_flag=True,
    help="Also show what the reference returns for a student's own arguments, if the bank has "
    "solutions.",
)
@click.option(
    "--browser/--no-browser",
    default=True,
    help="Whether to open the browser.  [default: browser]",
)
@click.option(
    "--check",
    is_flag=True,
    help="Serve nothing; check whether serving would work, and print what to do. The exit code is "
    "1 if it would not.",
)
@click.option("--full", is_flag=True, help="With --check: also verify every problem.")
@place_options
@login_options
@sandbox_option
@bank_option
def command(
    folder: str | None,
    course: str | None,
    roster: str | None,
    book: str | None,
    backup_every: int,
    backups: str | None,
    log_json: bool,
    reference_answers: bool,
    browser: bool,
    check: bool,
    full: bool,
    tier: str,
    bank: str | None,
    **place: Any,
) -> None:
    """Practise in the browser: read problems, and write, run and submit solutions.

    BANK is the same as --bank DIR; give only one of them. By default, only this computer can reach
    the page, at an address that contains a secret. Nothing is loaded from elsewhere. What you write
    is saved as you type. Stop with Ctrl-C.
    """
    if folder is not None and bank is not None:
        raise UsageError("the bank is given twice: as BANK and with --bank; give it once")
    if (course is None) != (roster is None):
        given, lacking = ("--course", "--roster") if roster is None else ("--roster", "--course")
        raise UsageError(f"{given} needs {lacking}: a course is served to the students in a roster")
    with needs_serve_extra("grader serve"):
        from grader.site.access.sign_in_options import SignIn
        from grader.site.serve import serve
        from grader.site.server.places import Place

    sign_in = SignIn(**{name: place.pop(name) for name in NAMES})
    has_public_url = place["public_url"] is not None
    sign_in.check(is_for_course=course is not None, has_public_url=has_public_url)
    if full and not check:
        raise UsageError("--full needs --check; without it, nothing is verified")
    found = find_bank(folder if folder is not None else bank)
    if check:
        from grader.site.serve import usual_folder
        from grader.site.server.backups import FOLDER
        from grader.site.server.check import Planned

        kept_in = Path(book) if book is not None else usual_folder(course or found.problems)
        copies = Path(backups) if backups is not None else kept_in / FOLDER
        planned = Planned(
            *(found, course, roster, kept_in, copies if backup_every else None, tier),
            is_full=full,
        )
        raise SystemExit(_check(planned, Place(**place), sign_in))
    serve(
        found,
        course=course,
        roster=roster,
        book=book,
        place=Place(**place),
        sign_in=sign_in,
        names_reference=reference_answers,
        opens_browser=browser,
        tier=tier,
        backups=backups,
        backup_every_s=60.0 * backup_every,
        logs_json=log_json,
    )


def _check(planned: Planned, place: Place, sign_in: SignIn) -> int:
    """Print what `--check` finds; return the exit code."""
    from grader.site.server.check import check, check_login, check_place

    is_ready = True
    for each in chain(
        check_place(place, planned.is_course),
        check_login(sign_in, planned, place),
        check(planned),
    ):
        mark = "ok" if each.is_good else "FAILS" if each.is_fatal else "warning"
        say(f"{each.name:<12} {mark:<8} {each.text}")
        is_ready = is_ready and (each.is_good or not each.is_fatal)
    say("\nReady." if is_ready else "\nNot ready: see what fails.")
    return EXIT_ACCEPTED if is_ready else EXIT_NOT_ACCEPTED
