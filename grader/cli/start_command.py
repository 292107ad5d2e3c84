"""`grader start`: write the starter code of one or several problems to a file."""

from __future__ import annotations

import click

from grader.bank.locate import find_bank
from grader.cli.common import ProblemName, bank_option
from grader.cli.output import say
from grader.errors import UsageError


@click.command()
@click.argument("words", nargs=-1, required=True, type=ProblemName(), metavar="PROBLEM... [FILE]")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@bank_option
def command(words: tuple[str, ...], force: bool, bank: str | None) -> None:
    """Write the starter code of PROBLEM to FILE.

    Without FILE, the file is named after the problem. The starters of several problems go into one
    file, which `grader grade FILE` then grades for all of them.
    """
    from grader.bank.starters import join_starters

    here = find_bank(bank)
    names, path = words, words[0].replace("-", "_") + ".py"
    if len(words) > 1 and words[-1] not in (*here.slugs(), *here.unfinished()):
        *given, path = words
        names = tuple(given)
    elif len(words) > 1:
        raise UsageError(f"name the file for {' and '.join(words)} as the last word")
    starter = join_starters([here.load(name, with_solutions=False) for name in names])
    try:
        with open(path, "wb" if force else "xb") as out:
            out.write(starter)
    except FileExistsError:
        raise UsageError(
            f"{path} exists already; name another file, or overwrite it with --force"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    grade = f"grader grade {names[0]} {path}" if len(names) == 1 else f"grader grade {path}"
    say(f"Wrote {path}. Complete it, then run: {grade}")
