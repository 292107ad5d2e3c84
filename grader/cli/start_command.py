"""`grader start`: write the starter code of one or several problems to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from grader.bank.locate import find_bank
from grader.cli.common import ProblemName, bank_option
from grader.cli.output import say
from grader.errors import UsageError


@click.command()
@click.argument("words", nargs=-1, required=True, type=ProblemName(), metavar="PROBLEM... [FILE]")
@click.option(
    "--force", is_flag=True, help="Overwrite FILE, and modules in `given`, if they exist."
)
@bank_option
def command(words: tuple[str, ...], force: bool, bank: str | None) -> None:
    """Write the starter code of PROBLEM to FILE.

    With one problem, FILE may be omitted; the file is then named after the problem. The starters of
    several problems go into one file, which `grader grade FILE` then grades for all of them.
    Modules that come with a problem are copied to the folder `given` beside FILE; grading uses the
    originals, not these copies.
    """
    from grader.bank.starters import given_files, join_starters

    here = find_bank(bank)
    names, path = words, words[0].replace("-", "_") + ".py"
    if len(words) > 1 and words[-1] not in (*here.slugs(), *here.unfinished()):
        *given, path = words
        names = tuple(given)
    elif len(words) > 1:
        raise UsageError(f"name the file for {' and '.join(words)} as the last argument")
    problems = [here.load(name, with_solutions=False) for name in names]
    starter, folder = join_starters(problems), Path(path).parent
    copied = {str(folder / file): source for file, source in given_files(problems).items()}
    if not force:
        _check_given(copied)
    try:
        with open(path, "wb" if force else "xb") as out:
            out.write(starter)
    except FileExistsError:
        if Path(path).is_dir():
            raise UsageError(f"{path} is a folder; name a file in it") from None
        raise UsageError(
            f"{path} exists already; name another file, or overwrite it with --force"
        ) from None
    except FileNotFoundError:
        raise UsageError(f"there is no folder {folder}; make it, or name another file") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    _write_given(copied)
    grade = f"grader grade {names[0]} {path}" if len(names) == 1 else f"grader grade {path}"
    written, work = " and ".join([path, *copied]), path if copied else "it"
    say(f"Wrote {written}. Complete {work}, then run: {grade}")


def _check_given(given: Mapping[str, bytes]) -> None:
    """Refuse to replace files that students may have changed.

    Raises:
        UsageError: if a file exists with another content
    """
    for file, source in given.items():
        try:
            if Path(file).exists() and Path(file).read_bytes() != source:
                text = f"{file} exists already, with another content"
                raise UsageError(f"{text}; start in another folder, or overwrite it with --force")
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _write_given(given: Mapping[str, bytes]) -> None:
    for file, source in given.items():
        try:
            Path(file).parent.mkdir(exist_ok=True)
            Path(file).write_bytes(source)
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}") from None
