"""The formats of `--report`: all can be read back, give the same points, and escape all text.

What a format cannot express is in docs/reports.md, and here in what its reader leaves out.
"""

from __future__ import annotations

import base64
import html as markup
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree

from grader.bank.load import load_problem
from grader.checkers import CLOSE
from grader.cli import cli
from grader.course.batch import Batch
from grader.course.output import report_paths
from grader.course.store import Store
from grader.course.stored_judgements import JudgementLoader
from grader.course.student_pages import page_path
from grader.errors import Location, UsageError
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge, overall_verdict
from grader.judging.redact import for_student
from grader.model.checker import Mismatch
from grader.model.course import Attempt
from grader.model.entry_point import EntryPoint
from grader.model.judgement import (
    CaseResult,
    Diagnosis,
    Judgement,
    Protection,
    Run,
    RunStatus,
    Verdict,
    points_number,
)
from grader.model.problem import Case, Problem, Submission
from grader.model.signature import Function, Parameter
from grader.reports.judgement.formats import FORMATS, Report, report_of
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from grader.submissions import read_attempt, read_submission
from grader.values import Value
from tests._support.bank import DATA, ROOT, Command

TESTBANK = DATA / "bank"
SUBMISSIONS = DATA / "submissions"
WRONG, RIGHT = SUBMISSIONS / "wrong_sum.py", SUBMISSIONS / "right.py"
SCHEMA = json.loads((ROOT / "grader" / "schemas" / "judgement-2.schema.json").read_text("utf-8"))
JUNIT = etree.XMLSchema(etree.parse(DATA / "junit-strict.xsd"))

# Judgements of all sorts -------------------------------------------------------------------------

STATUS = {
    Verdict.ACCEPTED: RunStatus.RETURNED,
    Verdict.WRONG_ANSWER: RunStatus.RETURNED,
    Verdict.RUN_TIME_ERROR: RunStatus.RAISED,
    Verdict.TIME_LIMIT: RunStatus.TIMED_OUT,
    Verdict.MEMORY_LIMIT: RunStatus.OUT_OF_MEMORY,
    Verdict.OUTPUT_LIMIT: RunStatus.TOO_MUCH_OUTPUT,
    Verdict.INVALID_SUBMISSION: RunStatus.NOT_LOADED,
    Verdict.JUDGE_ERROR: RunStatus.NOT_RUN,
}
HAZARDS = (
    "::error file=a.py,line=1,title=Autograding report::{}",
    '\n::notice title=Autograding report::{"totalPoints":100,"maxPoints":100}\n',
    "\n \t::set-output name=result::1",
    "see ##[error]this and ##vso[task.complete]that, ###[debug]too",
    "]]></failure><testcase/>",
    "<script>alert(1)</script> <!-- & &amp; &#58;",
    "\x1b[2J\x1b]0;title\x07",
    "\ud800 and \udfff, \ufffe, \uffff, \x00, \x0b, \x85, \u2028",
    "\u202etxt.exe",
    "| a | `b` | **c** |\r\n\r\n# d\n",
    "\"quoted\" \\ and 'so'",
    "😀é\u0301",
)
texts = st.one_of(
    st.sampled_from(("", "plain", *HAZARDS)),
    st.lists(st.sampled_from(HAZARDS), max_size=3).map("".join),
    st.text(st.characters(), max_size=30),
)
points = st.one_of(
    st.sampled_from((Fraction(1), Fraction(0), Fraction(1, 3), Fraction(1, 8), Fraction(5, 2))),
    st.fractions(0, 100, max_denominator=1000),
)


MEAN = Function("mean", (Parameter("values"),))


def result_of(
    name: str,
    verdict: Verdict,
    max_points: Fraction,
    hidden: bool,
    text: str,
    wall_s: float,
    is_bonus: bool = False,
) -> CaseResult:
    args: dict[str, Value] = {} if hidden else {"values": [1.0, 2.0]}
    case = Case.of_call(
        name,
        args,
        Location("cases.yaml"),
        CLOSE,
        expected=1.5,
        has_expected=not hidden,
        function=MEAN,
        points=max_points,
        hidden=hidden,
        is_bonus=is_bonus,
    )
    run = Run(
        STATUS[verdict],
        value=text,
        error="" if STATUS[verdict] is RunStatus.RETURNED else f"Error: {text}",
        line=3,
        traceback=text,
        stdout=text,
        wall_s=wall_s,
    )
    accepted = verdict is Verdict.ACCEPTED
    mismatch = Mismatch(got=text, expected=1.5) if verdict is Verdict.WRONG_ANSWER else None
    return CaseResult(case, run, verdict, max_points if accepted else Fraction(0), mismatch)


def judgement_of(results: Sequence[CaseResult], text: str, student: str) -> Judgement:
    return Judgement(
        problem=Problem(
            slug="mean",
            title="The mean",
            difficulty="easy",
            category="Statistics",
            entry_point=EntryPoint((MEAN,)),
            statement="Average.",
            starter=b"",
            cases=tuple(each.case for each in results),
        ),
        submission=Submission(text.encode("utf-8", "surrogatepass"), f"{text}/me.py", student),
        results=tuple(results),
        verdict=overall_verdict(tuple(results)),
        protection=Protection("strict", ("landlock",)),
        key_digest="0" * 64,
        misconceptions=(Diagnosis(("sum",), ("What do you divide by?",), 2, 2),),
        observations=("Every answer is twice the expected one.",),
        versions={"grader": "0.1.0"},
    )


@st.composite
def judgements(draw: st.DrawFn) -> Judgement:
    count = draw(st.integers(1, 14))
    results = [
        result_of(
            name=f"case-{number}",
            verdict=draw(st.sampled_from(Verdict)),
            max_points=draw(points),
            hidden=draw(st.booleans()),
            text=draw(texts),
            wall_s=draw(st.floats(0, 1e6)),
            is_bonus=draw(st.integers(0, 4)) == 4,
        )
        for number in range(count)
    ]
    return judgement_of(results, draw(texts), draw(texts))


def written(format: str, *judgements: Judgement) -> str:
    """Return a report as read from the file it was written to."""
    out = io.StringIO()
    Report(format, "-").writer()(iter(judgements), out)
    return out.getvalue().encode("utf-8").decode("utf-8")


# Every format, read back -------------------------------------------------------------------------

Points = int | float


@dataclass
class Said:
    """The content of a document about one judgement; None for what its format cannot express."""

    score: Points | None = None
    max_score: Points | None = None
    cases: dict[str, tuple[Points, Points]] | None = None
    passed: dict[str, bool] = field(default_factory=dict)


def number(text: Any) -> Points:
    value: Points = json.loads(str(text).strip())
    return value


def pair(text: str, between: str = " of ") -> tuple[Points, Points]:
    got, most = text.removesuffix(" points").split(between)
    return number(got), number(most)


def without_tags(name: str) -> str:
    return name.partition(" (")[0]


def xml(text: str) -> Any:
    return etree.fromstring(text.encode())


def read_html(text: str) -> Said:
    page: Any = lxml.html.fromstring(text)
    score = re.sub(r"\s+", " ", page.xpath("string(//p[@class='score'])")).strip()
    said = Said(*pair(score), cases={})
    for row in page.xpath("//table[contains(@class,'cases')]/tbody/tr[th]"):
        name = row.xpath("string(th/text())").strip()
        assert said.cases is not None
        said.cases[name] = pair(row.xpath("string(td[2])"), "/")
        said.passed[name] = row.xpath("string(td[1]/span[@class='short'])") == "AC"
    return said


def read_json(text: str) -> Said:
    document = json.loads(text, parse_constant=pytest.fail)
    Draft202012Validator(SCHEMA).validate(document)
    cases = document["cases"]
    return Said(
        document["score"],
        document["max_score"],
        {each["name"]: (each["points"], each["max_points"]) for each in cases},
        {each["name"]: each["verdict"] == "accepted" for each in cases},
    )


def read_junit(text: str) -> Said:
    root = xml(text)
    JUNIT.assertValid(root)
    (suite,) = root
    properties = {each.get("name"): each.get("value") for each in suite.iterfind(".//property")}
    tests = suite.findall("testcase")
    failed = {
        each.get("name"): reason.text or ""
        for each in tests
        for reason in each
        if reason.tag in ("failure", "error")
    }
    assert suite.get("tests") == str(len(tests))
    assert int(suite.get("failures")) + int(suite.get("errors")) == len(failed)
    points = {
        name: pair(properties[f"points of {name}"]) for name in (each.get("name") for each in tests)
    }
    for name, told in failed.items():
        assert pair(told.splitlines()[0].split(", ")[1]) == points[name]
    return Said(
        number(properties["score"]),
        number(properties["max_score"]),
        points,
        {name: name not in failed for name in points},
    )


def read_gradescope(text: str) -> Said:
    document = json.loads(text, parse_constant=pytest.fail)
    if "tests" not in document:  # an internal error: there is no score
        assert "score" not in document
        return Said()
    tests = {without_tags(each["name"]): each for each in document["tests"]}
    said = re.search(r", (\S+ of \S+) points", document["output"])
    assert said and pair(said[1])[0] == document["score"]
    return Said(
        *pair(said[1]),
        {name: (each["score"], each["max_score"]) for name, each in tests.items()},
        {name: each["status"] == "passed" for name, each in tests.items()},
    )


def read_summary(text: str) -> Said:
    score = re.search(r": \*\*[a-z -]+, (\S+ of \S+) points\*\*$", text, re.M)
    assert score
    rows = re.findall(r"^\| (.*) \| (.*) \| (.*/.*) \| .* \|$|^\| (.*) \| (.*) \| (.*/.*) \|  \|$",
                      text, re.M)  # fmt: skip
    cases, passed = {}, {}
    for row in rows:
        name, verdict, got = (one or other for one, other in zip(row[:3], row[3:], strict=True))
        name = without_tags(markup.unescape(name))
        cases[name], passed[name] = pair(got, "/"), verdict == "accepted"
    return Said(*pair(score[1]), cases, passed)


def read_annotations(text: str) -> Said:
    *errors, notice = text.splitlines()
    assert len(errors) < 10
    assert all(re.fullmatch(r"::error file=[^:,]+(,line=\d+)?,title=[^:,]*::.*", e) for e in errors)
    told = re.fullmatch(r"::notice title=[^:,]*::[a-z -]+, (\S+ of \S+) points(%0A.*)?", notice)
    assert told, notice
    return Said(*pair(told[1]))


def read_classroom(text: str) -> Said:
    document = json.loads(base64.b64decode(text, validate=False))
    tests = {without_tags(each["name"].rpartition(": ")[2]): each for each in document["tests"]}
    ours = document["status"] == "error"  # no grade is sent then
    return Said(
        round(sum(each["score"] for each in tests.values()), 2),
        None if ours else document["max_score"],
        passed={name: each["status"] == "pass" for name, each in tests.items()},
    )


def read_exercism(text: str) -> Said:
    document = json.loads(text, parse_constant=pytest.fail)
    tests = document["tests"]
    assert document["version"] == 3 and set(document) == {"version", "status", "message", "tests"}
    assert bool(document["message"]) is (document["status"] == "error")
    assert {each["status"] for each in tests} <= {"pass", "fail", "error"}
    assert all(each["status"] == "pass" for each in tests) is (document["status"] == "pass")
    assert all(len(each.get("output", "")) <= 500 for each in tests)
    return Said(passed={each["name"]: each["status"] == "pass" for each in tests})


def read_prairielearn(text: str) -> Said:
    document = json.loads(text, parse_constant=pytest.fail)
    assert 0 <= document["score"] <= 1 and len(text.encode()) < 1_000_000
    score, most = pair(document["message"].split(", ")[1])
    return Said(
        score,
        most,
        {each["name"]: (each["points"], each["max_points"]) for each in document["tests"]},
        {each["name"]: each["message"].split("\n")[0] == "accepted" for each in document["tests"]},
    )


READERS: dict[str, Callable[[str], Said]] = {
    "html": read_html,
    "json": read_json,
    "junit": read_junit,
    "gradescope": read_gradescope,
    "github-summary": read_summary,
    "github-annotations": read_annotations,
    "github-classroom": read_classroom,
    "exercism": read_exercism,
    "prairielearn": read_prairielearn,
}
COMMANDS = {"github-annotations"}  # these documents consist of commands


def commands_in(document: str) -> list[str]:
    """Return the commands a CI system would execute if the document were printed to its log."""
    return re.findall(r"(?m)^\s*::.*|##\w*\[.*", document)


def test_every_format_has_a_reader() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=40)
@given(judgement=judgements())
def test_all_formats_give_the_same_points(format: str, judgement: Judgement) -> None:
    text = written(format, judgement)
    said = READERS[format](text)
    exact = {each.case.name: each for each in judgement.results}
    if said.score is not None:
        assert said.score == points_number(judgement.score)
    if said.max_score is not None:
        assert said.max_score == points_number(judgement.max_score)
    if said.cases is not None:
        assert said.cases == {
            name: (points_number(each.points), points_number(each.case.points))
            for name, each in exact.items()
        }
    if said.passed:
        assert said.passed == {
            name: each.verdict is Verdict.ACCEPTED for name, each in exact.items()
        }
    assert format in COMMANDS or commands_in(text) == []
    assert all(c.isprintable() or c in "\n\t" for c in text)


@pytest.mark.parametrize("format", [name for name, each in FORMATS.items() if each.many])
@settings(max_examples=25)
@given(several=st.lists(judgements(), min_size=2, max_size=4))
def test_one_document_contains_several_judgements(format: str, several: list[Judgement]) -> None:
    text = written(format, *several)
    total = sum((each.score for each in several), Fraction(0))
    match format:
        case "junit":
            root = xml(text)
            JUNIT.assertValid(root)
            scores = root.xpath("//property[@name='score']/@value")
            assert [number(each) for each in scores] == [points_number(j.score) for j in several]
        case "github-summary":
            scores = re.findall(r": \*\*[a-z -]+, (\S+) of \S+ points\*\*$", text, re.M)
            assert [number(each) for each in scores] == [points_number(j.score) for j in several]
        case "github-annotations":
            *errors, notice = text.splitlines()
            said = re.search(r"::(\S+) of \S+ points", notice)
            assert len(errors) < 10 and said and number(said[1]) == points_number(total)
        case "github-classroom":
            tests = json.loads(base64.b64decode(text))["tests"]
            assert len(tests) == sum(len(each.results) for each in several)
            assert round(sum(each["score"] for each in tests), 2) == points_number(total)
        case _:
            pytest.fail(f"say here how {format} is read back")
    assert format in COMMANDS or commands_in(text) == []


THIRDS = judgement_of(
    [
        result_of(f"case-{number}", Verdict.ACCEPTED, Fraction(1, 3), False, "", 0.0)
        for number in range(3)
    ],
    "",
    "",
)


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "exercism"])
def test_three_thirds_are_one_point(format: str) -> None:
    said = READERS[format](written(format, THIRDS))
    assert (said.score, said.max_score) == (1, 1)


@pytest.mark.parametrize(
    "format", [name for name, each in FORMATS.items() if not each.many and not each.lists]
)
def test_a_format_for_one_judgement_rejects_two(format: str) -> None:
    with pytest.raises((ValueError, UsageError)):
        written(format, THIRDS, THIRDS)


@pytest.mark.parametrize("format", [name for name, each in FORMATS.items() if each.lists])
def test_documents_of_several_judgements_are_a_list(format: str) -> None:
    alone = json.loads(written(format, THIRDS))
    assert json.loads(written(format, THIRDS, THIRDS)) == [alone, alone]


@pytest.mark.parametrize("format", ["junit", "github-summary", "github-annotations"])
def test_judgements_are_written_one_at_a_time(format: str) -> None:
    wrong = judgement_of([result_of("a", Verdict.WRONG_ANSWER, Fraction(1), False, "", 0)], "", "")
    out = io.StringIO()

    def one_by_one() -> Iterator[Judgement]:
        for _ in range(4):
            before = len(out.getvalue())
            yield wrong
            assert len(out.getvalue()) > before

    Report(format, "-").writer()(one_by_one(), out)


# One format at a time ----------------------------------------------------------------------------

HOSTILE = judgement_of(
    [
        result_of(f"case-{number}", verdict, Fraction(1), False, "".join(HAZARDS), 0.5)
        for number, verdict in enumerate(Verdict)
    ],
    "".join(HAZARDS),
    "".join(HAZARDS),
)


def test_junit_distinguishes_wrong_answers_from_errors() -> None:
    root = xml(written("junit", HOSTILE))
    kinds = {each[0].get("type"): each[0].tag for each in root.iter("testcase")}
    assert kinds.pop(None) == "system-out"  # of the accepted case
    assert kinds.pop("wrong_answer") == "failure"
    assert set(kinds) == {each.value for each in Verdict} - {"accepted", "wrong_answer"}
    assert set(kinds.values()) == {"error"}


def test_junit_has_the_message_for_the_student() -> None:
    root = xml(written("junit", HOSTILE))
    told = root.xpath("//failure/@message")
    assert told == [message(HOSTILE.results[1])]
    assert root.xpath("//testcase/@classname") == [root.xpath("string(//testsuite/@name)")] * 8
    assert root.xpath("string(/testsuites/testsuite/system-out)") == (
        "What do you divide by?\nEvery answer is twice the expected one."
    )


def test_junit_names_the_student_in_the_class() -> None:
    judgement = judgement_of(HOSTILE.results, "", "ada")
    root = xml(written("junit", judgement, THIRDS))
    assert root.xpath("//testsuite/@name") == ["ada.mean", "mean"]
    assert set(root.xpath("//testcase/@classname")) == {"ada.mean", "mean"}


SPOILT = {
    "a file in a test case": ("<testcase ", '<testcase file="me.py" '),
    "a line in a test case": ("<testcase ", '<testcase line="3" '),
    "a suite without its counts": (' failures="0"', ""),
    "a time in powers of ten": ('<testcase classname="mean" name="case-0" time="0.000"',
                                '<testcase name="case-0" time="1e-3"'),
    "properties in a test case": ('time="0.000">\n</testcase>',
                                  'time="0.000"><properties/></testcase>'),
    "a test case in the root": ("<testsuite ", '<testcase name="a"/><testsuite '),
}  # fmt: skip


@pytest.mark.parametrize("old, new", SPOILT.values(), ids=SPOILT)
def test_the_schema_of_junit_rejects(old: str, new: str) -> None:
    text = written("junit", THIRDS)
    assert old in text and JUNIT.validate(xml(text))
    spoilt = text.replace(old, new, 1)
    assert not JUNIT.validate(xml(spoilt))


def test_exercism_shows_the_calls_of_public_cases_only() -> None:
    public, hidden = (
        result_of(name, Verdict.WRONG_ANSWER, Fraction(1), name == "hidden", "x" * 600, 0.0)
        for name in ("public", "hidden")
    )
    document = json.loads(written("exercism", judgement_of([public, hidden], "", "")))
    first, second = document["tests"]
    assert first["test_code"] == "mean(\n    values=[1.0, 2.0],\n)" and "test_code" not in second
    assert len(first["output"]) == 500 and first["output"].endswith("characters are shown)")
    assert document["status"] == "fail" and document["message"] is None


def test_exercism_says_why_nothing_was_run() -> None:
    invalid = result_of("a", Verdict.INVALID_SUBMISSION, Fraction(1), False, "no colon", 0.0)
    document = json.loads(written("exercism", judgement_of([invalid], "", "")))
    assert (document["status"], document["message"]) == ("error", "Error: no colon (line 3)")


def test_prairielearn_gets_fractions_and_an_internal_error_is_not_gradable() -> None:
    right, wrong, ours = (
        result_of(verdict.value, verdict, Fraction(max_points), False, "", 0.0)
        for verdict, max_points in (
            (Verdict.ACCEPTED, 1),
            (Verdict.WRONG_ANSWER, 3),
            (Verdict.JUDGE_ERROR, 4),
        )
    )
    document = json.loads(written("prairielearn", judgement_of([right, wrong], "", "")))
    assert (document["gradable"], document["score"]) == (True, 0.25)
    document = json.loads(written("prairielearn", judgement_of([right, ours], "", "")))
    assert document["gradable"] is False
    worthless = replace(right, case=replace(right.case, points=Fraction(0)), points=Fraction(0))
    document = json.loads(written("prairielearn", judgement_of([worthless], "", "")))
    assert document["score"] == 1


@pytest.mark.parametrize("count", [1, 15, 16, 400, 3000])
def test_prairielearn_never_gets_more_than_a_megabyte(count: int) -> None:
    chatty = result_of("a-name-of-thirty-characters-or", Verdict.RUN_TIME_ERROR, Fraction(1), False,
                       "\N{GRINNING FACE}" * 5000, 1.0)  # fmt: skip
    text = written("prairielearn", judgement_of([chatty] * count, "", ""))
    assert len(text.encode()) < 1_000_000 and len(json.loads(text)["tests"]) == count


# The published schema ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    folders = (str(TESTBANK / name / "mean") for name in ("problems", "solutions"))
    return AnswerKey(load_problem(*folders), sandbox)


def document_of(judgement: Judgement) -> Any:
    return json.loads(written("json", judgement))


REAL = {
    "right.py": "accepted",
    "wrong_sum.py": "wrong_answer",
    "nan.py": "wrong_answer",
    "raises.py": "run_time_error",
    "segfault.py": "run_time_error",
    "syntax_error.py": "invalid_submission",
    "raises_hostile_text.py": "run_time_error",
}


@pytest.mark.parametrize("name, verdict", REAL.items(), ids=REAL)
def test_the_schema_holds_for_real_documents(
    name: str, verdict: str, key: AnswerKey, sandbox: Sandbox
) -> None:
    submission = read_submission(str(SUBMISSIONS / name))
    judgement = diagnose(judge(key, submission, sandbox), key, sandbox)
    for shown in (judgement, for_student(judgement)):
        document = document_of(shown)
        assert document["verdict"] == verdict
        Draft202012Validator(SCHEMA).validate(document)


def keys_of(schema: Any, document: Any) -> Iterator[tuple[Any, str]]:
    """Yield every key in a document, with the schema that must describe it."""
    if isinstance(document, dict) and "properties" in schema:
        for name, value in document.items():
            yield schema, name
            yield from keys_of(schema["properties"].get(name, {}), value)
    if isinstance(document, list) and document:
        yield from keys_of(schema.get("items", {}), document[0])


def test_the_schema_describes_and_requires_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "judgement-2.schema.json"
    found = list(keys_of(SCHEMA, document_of(HOSTILE)))
    assert len(found) > 25
    for schema, name in found:
        assert schema["properties"][name]["description"]
    assert {name for schema, name in found if name not in schema["required"]} == {"slug", "key"}


@pytest.mark.parametrize("format", FORMATS)
def test_no_report_for_a_student_has_what_only_instructors_may_see(
    format: str, key: AnswerKey, sandbox: Sandbox
) -> None:
    submission = Submission(WRONG.read_bytes(), "/srv/course/ada_1815/me.py", "Ada")
    judgement = judge_for(Audience.INSTRUCTOR, key, submission, sandbox)
    (diagnosis,) = judgement.misconceptions
    named = replace(judgement, misconceptions=(replace(diagnosis, slugs=("telling-name",)),))
    text = written(format, for_student(named))
    if format == "github-classroom":
        text = base64.b64decode(text).decode()
    secrets = ("/srv/course", "ada_1815", "telling-name", key.digest)
    assert [secret for secret in secrets if secret in text] == []


def with_changes(**changes: object) -> dict[str, Any]:
    return {**document_of(HOSTILE), **changes}


OPEN_AND_CLOSED: dict[str, tuple[dict[str, Any], bool]] = {
    "as it is": (with_changes(), True),
    "a key that was added": (with_changes(new={"a": 1}), True),
    "another format": (with_changes(format=1), False),
    "a verdict that is none": (with_changes(verdict="passed"), False),
    "points as a text": (with_changes(score="1"), False),
    "a case without its points": (with_changes(cases=[{"name": "a"}]), False),
}


@pytest.mark.parametrize("document, valid", OPEN_AND_CLOSED.values(), ids=OPEN_AND_CLOSED)
def test_documents_the_schema_accepts(document: dict[str, Any], valid: bool) -> None:
    assert Draft202012Validator(SCHEMA).is_valid(document) is valid


# What is asked for -------------------------------------------------------------------------------

ASKED = {
    "junit:out.xml": Report("junit", "out.xml"),
    "json:-": Report("json", "-"),
    "me.html": Report("html", "me.html"),
    "out/ME.HTML": Report("html", "out/ME.HTML"),
    "html:me.txt": Report("html", "me.txt"),
    r"C:\out\me.html": Report("html", r"C:\out\me.html"),
    "c:/me.html": Report("html", "c:/me.html"),
    r"junit:C:\out\me.xml": Report("junit", r"C:\out\me.xml"),
    "at/10:30.html": Report("html", "at/10:30.html"),
    "json:{student}/a:b.json": Report("json", "{student}/a:b.json"),
}


@pytest.mark.parametrize("text, report", ASKED.items(), ids=ASKED)
def test_report_options(text: str, report: Report) -> None:
    assert report_of(text) == report


NOT_ASKED = {
    "junti:out.xml": "there is no report format 'junti'; did you mean 'junit'?\nthe formats are ",
    "htlm:me.html": "there is no report format 'htlm'; did you mean 'html'?",
    "xml:me.xml": "there is no report format 'xml'",
    "github:-": "there is no report format 'github'; did you mean 'github-summary'?",
    "out.xml": "the format is missing: write FORMAT:out.xml; the formats are html, json, junit",
    r"C:\out.xml": r"the format is missing: write FORMAT:C:\out.xml",
    "junit:": "the path is missing: write junit:PATH, or junit:- for standard output",
    "junit": "the path is missing: write junit:PATH",
}


@pytest.mark.parametrize("text, said", NOT_ASKED.items(), ids=NOT_ASKED)
def test_invalid_report_options(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        report_of(text)
    assert said in str(caught.value)


# `grade --report` --------------------------------------------------------------------------------


def asked(reports: Sequence[str]) -> list[str]:
    return [word for report in reports for word in ("--report", report)]


def diagnostic(*words: str) -> str:
    """Return the message for wrong usage."""
    with pytest.raises(UsageError) as caught:
        cli.main([*words, "--bank", str(TESTBANK)], standalone_mode=False)
    return str(caught.value)


def test_the_help_names_every_format(grader: Command) -> None:
    for command in ("grade", "batch"):
        told = "".join(grader(command, "--help", bank=None).stdout.split())  # a name may be wrapped
        assert [name for name in FORMATS if name not in told] == []


def test_one_judgement_is_written_in_every_format(grader: Command, tmp_path: Path) -> None:
    words = asked([f"{name}:{name}.out" for name in FORMATS])
    done = grader("grade", "mean", WRONG, *words, bank=TESTBANK)
    assert done.returncode == 1 and done.stdout.endswith("wrong answer, 1 of 4 points\n")
    for name, read in READERS.items():
        text = (tmp_path / f"{name}.out").read_text("utf-8")
        assert read(text).score in (1, None)
        assert "8128.125" not in text and "4312.3125" not in text


def test_reveal_shows_hidden_cases_in_every_format(grader: Command, tmp_path: Path) -> None:
    grader("grade", "mean", WRONG, "--report", "junit:a.xml", "--reveal", bank=TESTBANK)
    assert "expected 4312.3125" in (tmp_path / "a.xml").read_text("utf-8")


def without_times(text: str) -> str:
    return re.sub(r'("(?:wall_s|cpu_s|peak_mib)": )[\d.e-]+', r"\1", text)


def test_a_report_on_standard_output_is_the_only_output(grader: Command) -> None:
    done = grader("grade", "mean", WRONG, "--report", "junit:-", bank=TESTBANK)
    assert read_junit(done.stdout).score == 1 and done.stderr == "" and done.returncode == 1
    as_json = grader("grade", "mean", WRONG, "--json", bank=TESTBANK)
    as_report = grader("grade", "mean", WRONG, "--report", "json:-", bank=TESTBANK)
    assert without_times(as_json.stdout) == without_times(as_report.stdout)


GRADE_MISTAKES: dict[str, tuple[list[str], str]] = {
    "no such folder": (["junit:no/such/out.xml"], "the folder no/such does not exist"),
    "a folder": (["junit:."], "the report cannot be written to .: it is a folder"),
    "no such format": (["jsno:a"], "there is no report format 'jsno'; did you mean 'json'?"),
    "one place for two": (["junit:a", "json:a"], "only one report can be written to a:"),
    "standard output for two": (
        ["junit:-", "json:-"],
        "only one report can be written to standard output: give each its own PATH",
    ),
}


@pytest.mark.parametrize("reports, said", GRADE_MISTAKES.values(), ids=GRADE_MISTAKES)
def test_wrong_usage_is_reported_before_anything_is_run(reports: list[str], said: str) -> None:
    # The problem does not exist either, but that is checked later.
    assert said in diagnostic("grade", "no-such-problem", str(WRONG), *asked(reports))


def test_a_read_only_folder_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # root may write anywhere
    told = diagnostic("grade", "no-such-problem", str(WRONG), "--report", "junit:a.xml")
    assert told == "the report cannot be written to a.xml: permission denied"


def test_a_full_disk_is_reported(grader: Command) -> None:
    done = grader("grade", "mean", WRONG, "--report", "junit:/dev/full", bank=TESTBANK)
    assert done.returncode == 2
    assert "the report cannot be written to /dev/full: No space left" in done.stderr


# `batch --report` --------------------------------------------------------------------------------

CLASS = {"ann": RIGHT, "bob": WRONG, "Çem Öz": SUBMISSIONS / "syntax_error.py"}
BATCH = ("batch", "mean", "in", "--out", "out")
QUICKLY = ("--no-pages", "--no-class-report")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for student, source in CLASS.items():
        (made / f"{student}.py").write_bytes(source.read_bytes())
    return made


def batch(grader: Command, *reports: str) -> Any:
    return grader(*BATCH, *QUICKLY, *asked(reports), bank=TESTBANK)


def test_reports_of_a_class(grader: Command, folder: Path, tmp_path: Path) -> None:
    done = batch(grader, "json:new/{problem}/{student}.json", "junit:all.xml", "junit:-")
    assert done.returncode == 0, done.stderr
    pages = {path.name: path for path in (tmp_path / "new" / "mean").iterdir()}
    assert set(pages) == {"ann.json", "bob.json", "%C3%87em %C3%96z.json"}
    documents = {name: json.loads(path.read_text("utf-8")) for name, path in pages.items()}
    scores = {each["student"]: each["score"] for each in documents.values()}
    assert scores == {"ann": 4, "bob": 1, "Çem Öz": 0}
    assert documents["bob.json"]["submission"] == "bob.py"
    assert "4312.3125" not in pages["bob.json"].read_text("utf-8")
    suites = xml((tmp_path / "all.xml").read_text("utf-8"))
    JUNIT.assertValid(suites)
    assert set(suites.xpath("//testsuite/@name")) == {f"{each}.mean" for each in CLASS}
    assert done.stdout == (tmp_path / "all.xml").read_text("utf-8")
    assert "gradebook: out/grades.csv" in done.stderr


def test_a_path_with_placeholders_gives_one_document_for_each(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    assert batch(grader, "junit:{student}.xml").returncode == 0
    document = xml((tmp_path / "bob.xml").read_text("utf-8"))
    assert document.xpath("//testsuite/@name") == ["bob.mean"]


BATCH_MISTAKES: dict[str, tuple[list[str], str]] = {
    "one document for all": (
        ["exercism:all.json"],
        "a document of the format exercism contains one judgement, but all.json would contain"
        " several; add {student} and {problem} to its path, as in"
        " exercism:reports/{problem}/{student}.json",
    ),
    "one document for a problem": (["json:{problem}.json"], "add {student} to its path"),
    "standard output for all": (["prairielearn:-"], "contains one judgement"),
    "no such format": (["junti:a.xml"], "did you mean 'junit'?"),
    "a file for a folder": (["json:in/bob.py/{student}.json"], "in/bob.py is a file"),
    "a folder for a file": (["junit:in"], "the report cannot be written to in: it is a folder"),
}


@pytest.mark.parametrize("reports, said", BATCH_MISTAKES.values(), ids=BATCH_MISTAKES)
def test_wrong_usage_is_reported_before_a_class_is_run(
    reports: list[str], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert said in diagnostic(*BATCH, *asked(reports))
    assert not Path("out").exists()


def test_one_student_needs_no_placeholder(grader: Command, folder: Path, tmp_path: Path) -> None:
    for student in ("ann", "Çem Öz"):
        (folder / f"{student}.py").unlink()
    assert batch(grader, "json:bob.json").returncode == 0
    assert json.loads((tmp_path / "bob.json").read_text("utf-8"))["score"] == 1


NAMES = {
    "..": "%2E.",
    ".": "%2E",
    ".ann": "%2Eann",
    "a/b": "a%2Fb",
    r"a\b": "a%5Cb",
    "{problem}": "%7Bproblem%7D",
    "-": "-",
    "a:b|c": "a%3Ab%7Cc",
}


@pytest.mark.parametrize("student, name", NAMES.items(), ids=NAMES)
def test_a_students_name_cannot_leave_the_folder(student: str, name: str) -> None:
    attempt = Attempt(student, "mean", "in/a.py")
    found = report_paths(Report("json", "out/{student}/{problem}.json"), [student], [attempt])
    assert list(found) == [f"out/{name}/mean.json"]
    assert page_path(attempt, ()) == f"students/mean/{name}.html"


def test_reports_of_students_whose_ids_differ_in_case_have_different_names() -> None:
    students = ("Ann", "ann", "Bob")
    attempts = [Attempt(id, "mean", "in/a.py") for id in students]
    found = report_paths(Report("json", "out/{student}.json"), students, attempts)
    assert len({path.casefold() for path in found}) == 3 and "out/Bob.json" in found
    # A name does not depend on who else has submitted.
    assert list(report_paths(Report("json", "out/{student}.json"), students, attempts[:1])) == [
        next(path for path, [attempt] in found.items() if attempt.student == "Ann")
    ]


def test_students_who_could_not_be_judged_are_in_the_report(key: AnswerKey, tmp_path: Path) -> None:
    (tmp_path / "bob.py").write_bytes(WRONG.read_bytes())
    attempt = Attempt("bob", "mean", str(tmp_path / "bob.py"))
    protection = Protection("strict", ())
    with Store(tmp_path / "store.sqlite") as store:
        batch = Batch({"mean": key}, store, protection, read_attempt)
        loader = JudgementLoader(batch)
        judgement = loader.load(attempt, "bob")
    assert judgement.verdict is Verdict.JUDGE_ERROR
    assert "it will be judged when the class is graded again" in written("junit", judgement)
