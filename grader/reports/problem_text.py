"""A problem as one Markdown text: what `grader show` prints."""

from __future__ import annotations

from grader.model import Case, Problem
from grader.values.show import show

_WIDTH = 500


def problem_markdown(problem: Problem) -> str:
    """Title, statement and worked examples; of the hidden cases nothing."""
    about = [problem.difficulty, problem.category]
    if problem.paper is not None:
        about.append(f"[{problem.paper.title}]({problem.paper.url})")
    parts = [f"# {problem.title}", " · ".join(about), problem.statement.strip(), "## Examples"]
    parts += [_example(problem, case) for case in problem.cases if not case.hidden]
    return "\n\n".join(parts) + "\n"


def call_text(problem: Problem, case: Case) -> str:
    """The call of a case as one would write it."""
    args = [f"    {name}={show(value, _WIDTH)},\n" for name, value in case.args.items()]
    return f"{problem.function}(\n{''.join(args)})"


def _example(problem: Problem, case: Case) -> str:
    asked = f" ({case.tolerance.decimals} decimals)" if case.tolerance.decimals is not None else ""
    code = f"```python\n{call_text(problem, case)}\n# {show(case.expected, _WIDTH)}{asked}\n```"
    told = [f"### {case.name}", code, case.explanation.strip(), case.remark.strip()]
    return "\n\n".join(part for part in told if part)
