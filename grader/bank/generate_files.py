"""The author's generators: functions in generate.py, which cases name by `generate`.

problems/SLUG/generate.py    for public and hidden cases
solutions/SLUG/generate.py   for hidden cases only, as students do not have it
"""

from __future__ import annotations

from grader.bank.author_files import AuthorFile, AuthorFiles
from grader.bank.raw import RawCase, RawGeneration
from grader.errors import Diagnostics, Location, did_you_mean
from grader.model.entry_point import Declaration
from grader.model.generation import Generation
from grader.model.signature import Function
from grader.values.dataclasses import dataclass
from grader.values.show import show

NAME = "generate.py"


@dataclass(frozen=True)
class GenerateFiles:
    """The generators of a problem.

    Attributes:
        files: those called generate.py
        diagnostics: where errors in them are reported
    """

    files: AuthorFiles
    diagnostics: Diagnostics

    def generation(self, case: RawCase, hidden: bool) -> Generation | None:
        """Return how the arguments of a case are made; report what is wrong with that.

        None if they are written.
        """
        raw = case.generate
        if raw is None:
            return None
        at = (raw.node.get("function") or raw.node).at
        found = self.files.find("generator", raw.function, hidden, at)
        if found is not None:
            self._check(case.name, raw, *found)
        args = {key.text or "": value for key, value in raw.args}
        file = found[0] if found is not None else AuthorFile("")
        return Generation(raw.function, args, file.source, file.path, raw.node.at)

    def _check(
        self, case: str, raw: RawGeneration, file: AuthorFile, declared: Declaration
    ) -> None:
        """Report arguments that a generator does not have, or needs."""
        at = Location(file.path, declared.line, declared.column)
        if not isinstance(declared.part, Function):
            self.diagnostics.add(at, f"the generator {raw.function!r} must be a function")
            return
        parameters = declared.part.parameters
        accepted = [each.name for each in parameters if each.takes_name]
        for key, _ in raw.args:
            if key.text not in accepted and not declared.part.takes_any_name:
                text = f"the generator {raw.function!r} has no parameter {show(key.text)}"
                self.diagnostics.add(key.at, text + did_you_mean(key.text or "", accepted))
        given = [key.text for key, _ in raw.args]
        for each in parameters:
            if each.is_required and each.name not in given:
                text = f"the generator {raw.function!r} needs {show(each.name)}"
                self.diagnostics.add(raw.node.at, f"{text}, which case {case!r} does not give")
