"""`grader verify`: every check finds what it is for, and nothing else; its reports.

The bank in `data/valid` has no errors. Each folder of `data/invalid` is named for a rule and
changes a copy of that bank so that this check, and no other, finds something. Its files replace
those of the copy, but `NAME.more` is appended to NAME, and `NAME.deleted` deletes NAME. Its
`expected.txt` has the findings, where … means any text.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from grader.bank.locate import find_bank
from grader.errors import Location
from grader.judging.results import result
from grader.model.judgement import Run, RunStatus
from grader.model.verification import (
    CaseStrength,
    Level,
    Tally,
    VerificationReport,
    error,
    note,
    warning,
)
from grader.reports.verification import html as verification_html
from grader.reports.verification import json as verification_json
from grader.reports.verification import text as verification_text
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.verify import ANY, EXCUSES, SCHEMA, SOUND, rule_of, verify
from grader.verify.checks import misconceptions
from grader.verify.distances import SAFETY_FACTOR
from grader.verify.evidence import WrongSolution
from tests._support.bank import BANK, DATA, SLUGS, Command
from tests._support.browser import open_page
from tests._support.small_problems import MEAN, REFEREE, small_problem
from tests.reports.judgement.test_html import DESK, HOSTILE, PHONE, Elements

VALID = DATA / "valid"
SLUG = "mean-above"
INVALID = sorted((DATA / "invalid").iterdir())
RULES = {rule_of(check) for check in ANY + SOUND}
# Rules that give notes only: their folders must give exactly this note.
NOTES = {
    "misconceptions-are-distinct",
    "cases-public-ones-suffice",
    "cases-are-needed",
    "checkers-reject-misconceptions-twice",
}

Sandboxes = tuple[Sandbox, Sandbox]


@pytest.fixture(scope="session")
def sandboxes() -> Iterator[Sandboxes]:
    with Sandbox(start_fork_server()) as one, one.with_another_hash_seed() as other:
        yield one, other


def rule_for(folder: Path) -> str:
    """Return the rule a folder is for: "files-are-used" for "files-are-used--misnamed"."""
    return folder.name.partition("--")[0]


def lay_over(bank: Path, folder: Path) -> None:
    """Apply the changes in a folder to a copy of the valid bank."""
    for path in sorted(folder.rglob("*")):
        target = bank / path.relative_to(folder)
        if path.is_dir() or path.name == "expected.txt":
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".deleted":
            out = target.with_suffix("")
            shutil.rmtree(out) if out.is_dir() else out.unlink()
        elif path.suffix == ".more":
            target = target.with_suffix("")
            target.write_bytes(target.read_bytes() + path.read_bytes())
        else:
            shutil.copyfile(path, target)


def agrees(said: str, expected: str) -> bool:
    pattern = ".*?".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, said) is not None


# The checks --------------------------------------------------------------------------------------


def test_the_valid_bank_has_no_findings(
    sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(VALID)
    report = verify(find_bank("."), SLUG, sandboxes)
    assert report.findings == ()
    assert report.mutants.rejected == report.mutants.total > 10


def test_no_problem_with_several_right_answers_has_errors(
    sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA / "checkers")
    bank = find_bank(".")
    slugs = ("principal-axis", "subsets", "categorical")
    reports = [verify(bank, slug, sandboxes) for slug in slugs]
    found = [each for report in reports for each in report.findings]
    assert not [str(each) for each in found if each.level is Level.ERROR]
    # A right solution is rejected only if three calls with different seeds are.
    public, hidden, strict = reports[-1].cases
    assert (public.false_reject, strict.false_reject) == pytest.approx((1e-18, 1e-6))
    assert (public.false_accept, hidden.false_accept) == (1.0, 0.0)
    shown = io.StringIO()
    verification_text.write(reports[-1:], shown)
    (row,) = [line.split() for line in shown.getvalue().splitlines() if line.startswith("many ")]
    assert row == ["many", "4", "0", "p=1e-18", "p<0.1"]
    assert "p: of random draws" in shown.getvalue()
    assert [each.false_reject for each in reports[0].cases] == [None, None]


def test_a_problem_with_groups_and_partial_solutions_has_no_findings(
    sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA / "credit")
    reports = [verify(find_bank("."), slug, sandboxes) for slug in ("pairs", "spread")]
    findings = [each for report in reports for each in report.findings]
    assert not [str(each) for each in findings if each.level is not Level.NOTE]


def test_every_check_has_a_folder_and_every_folder_a_check() -> None:
    assert {rule_for(folder) for folder in INVALID} == RULES | {SCHEMA, EXCUSES}


@pytest.mark.parametrize("folder", INVALID, ids=lambda folder: folder.name)
def test_an_invalid_problem_is_found_by_its_check_only(
    folder: Path, sandboxes: Sandboxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(VALID, tmp_path, dirs_exist_ok=True)
    lay_over(tmp_path, folder)
    monkeypatch.chdir(tmp_path)
    findings = verify(find_bank("."), SLUG, sandboxes).findings

    rule = rule_for(folder)
    counted = [each for each in findings if rule in NOTES or each.level is not Level.NOTE]
    said = "".join(f"{each}\n" for each in findings)
    assert {each.rule for each in counted} == {rule}, said
    for each in findings:
        # A page capitalises the first letter, which must not be that of a name.
        assert re.match(r"[a-z]+\b", each.text)
        lines = (tmp_path / each.at.path).read_text("utf-8").splitlines()
        assert 1 <= each.at.line <= len(lines)
        assert 1 <= each.at.column <= len(lines[each.at.line - 1]) + 1
    expected = (folder / "expected.txt").read_text("utf-8")
    assert agrees(said, expected), said


# The real bank -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_real_problems_are_ready_to_publish(slug: str, sandboxes: Sandboxes) -> None:
    report = verify(BANK, slug, sandboxes)
    assert [str(each) for each in report.findings if each.level is not Level.NOTE] == []
    assert report.misconceptions.rejected == report.misconceptions.total > 0
    assert report.mutants.rejected + report.mutants.excused == report.mutants.total > 0
    # A student who has no hidden cases sees most mistakes.
    passed_by_public = report.misconceptions.total - report.misconceptions.rejected_in_public
    assert passed_by_public <= report.misconceptions.total / 5

    def close(case: CaseStrength) -> bool:
        right, wrong = case.accepted_distance, case.rejected_distance
        assert right is not None
        return right > 1 / SAFETY_FACTOR or (wrong is not None and wrong < SAFETY_FACTOR)

    assert SAFETY_FACTOR == 10
    assert [case.name for case in report.cases if close(case)] == []


# The command -------------------------------------------------------------------------------------


def broken(tmp_path: Path, name: str) -> Path:
    """Return the bank that a folder of invalid problems describes."""
    bank = tmp_path / "bank"
    shutil.copytree(VALID, bank)
    lay_over(bank, DATA / "invalid" / name)
    return bank


EXITS = {
    "an error": ("statement-links-resolve--relative", 1),
    "a problem that cannot be loaded": ("schema--misspelt-key", 1),
    "a warning": ("cases-are-distinct", 0),
    "a note": ("cases-are-needed", 0),
}


@pytest.mark.parametrize("name, code", EXITS.values(), ids=EXITS)
def test_the_exit_code_is_1_for_errors(
    name: str, code: int, grader: Command, tmp_path: Path
) -> None:
    done = grader("verify", bank=broken(tmp_path, name))
    assert (done.returncode, done.stderr) == (code, "")
    rule = name.partition("--")[0]
    shown = f"[{rule}]" if name != "cases-are-needed" else f"1 note, shown by --notes: {rule}"
    assert shown in done.stdout
    assert done.stdout.splitlines()[-1].startswith(f"{1 - code} of 1 ")


@pytest.mark.parametrize(
    "statuses, is_sound",
    [
        ([RunStatus.RETURNED, RunStatus.TIMED_OUT], True),
        ([RunStatus.RETURNED, RunStatus.CRASHED], False),
        ([RunStatus.TIMED_OUT, RunStatus.TIMED_OUT], False),
    ],
)
def test_a_misconception_may_be_right_but_too_slow(
    statuses: list[RunStatus], is_sound: bool
) -> None:
    """One that never ends, or that crashes, gives nobody a hint."""
    (case,) = small_problem(MEAN, [[2.0]]).cases
    case = replace(case, steps=(replace(case.step, expected=2.0, has_expected=True),))
    results = tuple(result(case, Run(status, 2.0), REFEREE) for status in statuses)
    evidence = Mock(misconceptions=[WrongSolution("slow", results)])
    assert (list(misconceptions.are_rejected(evidence)) == []) is is_sound


def test_a_valid_problem_is_ready_to_publish(grader: Command) -> None:
    done = grader("verify", SLUG, bank=VALID)
    assert (done.returncode, done.stderr) == (0, "")
    assert "16 of 16 rejected" in done.stdout
    assert done.stdout.endswith(
        "\n1 of 1 problem ready to publish: 0 errors, 0 warnings, 0 notes\n"
    )
    assert re.search(r"^none-left +10 +3 +>10\^6 x +10000 x$", done.stdout, re.M)


def test_an_unknown_problem_is_wrong_usage(grader: Command) -> None:
    done = grader("verify", "mean-over", bank=VALID)
    assert (done.returncode, done.stdout) == (2, "")
    bank = f"the bank {VALID / 'problems'}"
    assert f"there is no problem 'mean-over' in {bank}; did you mean 'mean-above'?" in done.stderr
    assert done.stderr.endswith("(another bank: --bank DIR, or bank= in Python)\n")


def test_a_report_that_cannot_be_written_is_wrong_usage(grader: Command) -> None:
    done = grader("verify", SLUG, "--report", "no/such/folder.html", bank=VALID)
    assert done.returncode == 2
    assert "the report cannot be written to no/such/folder.html" in done.stderr


def test_json_and_page_have_the_findings_of_the_text(grader: Command, tmp_path: Path) -> None:
    bank = broken(tmp_path, "misconceptions-have-useful-hints--code")
    text = grader("verify", bank=bank).stdout
    done = grader("verify", "--json", "--report", "out.html", bank=bank)
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    (finding,) = problem["findings"]
    assert (problem["problem"], problem["is_valid"]) == (SLUG, False)
    assert finding["rule"] == "misconceptions-have-useful-hints" and finding["level"] == "error"
    assert [case["name"] for case in problem["cases"]][:2] == [
        "first-and-last-below",
        "all-below-but-one",
    ]
    at = f"{finding['file']}:{finding['line']}:{finding['column']}"
    page = Elements((tmp_path / "out.html").read_text("utf-8")).text
    for said in (at, finding["text"], finding["advice"], finding["rule"]):
        assert said in text and said in page


# The reports -------------------------------------------------------------------------------------

AT = Location("problems/softmax/spec.md", 3, 17)
REPORT = VerificationReport(
    slug="softmax",
    findings=(
        replace(
            error(AT, "this is wrong:\n    - x\n    + y", "correct it"),
            rule="statement-links-resolve",
        ),
        replace(warning(AT, "this may be wrong: " + "very" * 40), rule="mutants-are-rejected"),
        replace(note(AT, "this is worth knowing"), rule="cases-are-needed"),
    ),
    cases=(
        CaseStrength("two-numbers", False, 3, (), 0.0, None),
        CaseStrength("large", True, 5, ("a", "b"), 0.004, float("inf")),
        CaseStrength("tiny-" + "very" * 15, True, 1, ("c",), 0.1, 12.5),
    ),
    misconceptions=Tally(2, 2, 1),
    mutants=Tally(7, 5, 3, excused=1),
    accepted_solutions=3,
    time_factor=None,
    memory_factor=8.25,
)
UNKNOWN = VerificationReport("unknown", REPORT.findings[:1])
NOTHING = replace(REPORT, slug="nothing", findings=())
ALL = (REPORT, UNKNOWN, NOTHING)


def page_of(*problems: VerificationReport) -> str:
    out = io.StringIO()
    verification_html.write(problems, out)
    return out.getvalue()


TEXT = f"""\
softmax
=======
{AT}: error: this is wrong:
    - x
    + y [statement-links-resolve]
    correct it
{AT}: warning: this may be wrong: {"very" * 40} [mutants-are-rejected]

{"case":<65}   rejects     alone   correct     wrong
{"two-numbers (public)":<65}         3         0   >10^6 x
{"large":<65}         5         2     250 x   >10^6 x
{"tiny-" + "very" * 15:<65}         1         1      10 x      12 x

rejects: misconceptions and mutants; alone: those that no other case rejects
correct: the tolerance, divided by the largest error of a correct solution
wrong: the smallest error, in tolerances, of a wrong solution that no other case rejects more \
clearly

misconceptions  2 of 2 rejected; 1 by the public cases alone
mutants         5 of 7 rejected, 1 excused; 3 by the public cases alone
correct solutions 3; the limits are an unknown number of times the slowest one's time and 8.2 x \
the largest one's memory

{AT}: note: this is worth knowing [cases-are-needed]

0 of 1 problem ready to publish: 1 error, 1 warning, 1 note
"""


def test_the_text_of_a_report() -> None:
    out = io.StringIO()
    verification_text.write([REPORT], out)
    assert out.getvalue() == TEXT


def test_notes_are_folded_to_their_number() -> None:
    out = io.StringIO()
    verification_text.write([REPORT], out, notes=False)
    assert "this is worth knowing" not in out.getvalue()
    assert "\n\n1 note, shown by --notes: cases-are-needed\n\n0 of 1" in out.getvalue()
    page = page_of(REPORT)
    assert page.index("this is wrong") < page.index("<table") < page.index("<summary>1 note<")
    assert page.index("<summary>1 note<") < page.index("this is worth knowing")


EXCUSED = """
warnings:
  - rule: solutions-exist
    text: "is 0"
    reason: There is one way to write it.
"""


def test_a_warning_can_be_excused_with_a_reason(sandboxes: Sandboxes, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(VALID, bank)
    shutil.rmtree(bank / "solutions" / SLUG / "right")
    (before,) = verify(find_bank(str(bank)), SLUG, sandboxes).findings
    assert (before.level, before.rule) == (Level.WARNING, "solutions-exist")
    (bank / "solutions" / SLUG / "mutants.yaml").write_text(EXCUSED)
    (after,) = verify(find_bank(str(bank)), SLUG, sandboxes).findings
    assert after.level is Level.NOTE
    assert after.text == f"{before.text} (excused: There is one way to write it.)"


def test_numbers_that_are_not_finite_are_null_in_json() -> None:
    out = io.StringIO()
    verification_json.write(ALL, out)
    problems = json.loads(out.getvalue())["problems"]
    assert [each["is_valid"] for each in problems] == [False, False, True]
    assert [case["rejected_distance"] for case in problems[0]["cases"]] == [None, None, 12.5]
    assert problems[0]["mutants"] == {
        "total": 7,
        "rejected": 5,
        "rejected_in_public": 3,
        "excused": 1,
    }


def test_the_same_findings_give_the_same_bytes() -> None:
    assert page_of(*ALL) == page_of(*ALL)
    for write in (verification_json.write, verification_text.write):
        one, other = io.StringIO(), io.StringIO()
        write(ALL, one)
        write(ALL, other)
        assert one.getvalue() == other.getvalue()


def _found(**changes: Any) -> VerificationReport:
    return replace(REPORT, findings=(replace(REPORT.findings[0], **changes),))


HOSTILE_PLACES = {
    "a finding": _found(text=HOSTILE),
    "an advice": _found(advice=HOSTILE),
    "a rule": _found(rule=HOSTILE),
    "a file": replace(REPORT, findings=(error(Location(HOSTILE), "this is wrong"),)),
    "a problem": replace(REPORT, slug=HOSTILE),
    "a case": replace(REPORT, cases=(replace(REPORT.cases[0], name=HOSTILE),)),
}


@pytest.mark.parametrize("report", HOSTILE_PLACES.values(), ids=HOSTILE_PLACES)
def test_no_text_becomes_markup(report: VerificationReport) -> None:
    elements = Elements(page_of(report))
    assert not [tag for tag, _ in elements.tags if tag in ("script", "img", "iframe", "object")]
    assert not [name for _, attrs in elements.tags for name in attrs if name.startswith("on")]
    assert "alert(1)" in elements.text  # it is shown, as text


VOID = {"meta", "link", "br", "hr", "img", "input"}


class Nesting(HTMLParser):
    """Fails where an element is closed that is not the one that was opened last."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed() -> None:
    page = page_of(*ALL)
    ids = Nesting(page).ids
    assert len(ids) == len(set(ids)) and page.startswith("<!doctype html>")
    referred = re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', page)
    assert set(referred) >= {"softmax", "unknown", "nothing"} and set(referred) <= set(ids)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, viewport: dict[str, int], scheme: str, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page_of(*ALL), encoding="utf-8")
    with open_page(browser, file, viewport=viewport, color_scheme=scheme) as page:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
