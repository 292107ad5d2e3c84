"""What fails for one student is theirs alone: the rest of the class is graded and reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from grader.course import batch as batch_module
from grader.course import fingerprint, output, similarity
from grader.course.batch import MAX_TRIES, Batch, Progress, WorkersEnded
from grader.course.documents import write_documents
from grader.course.output_folder import OutputFolder
from grader.course.similarity import find_near_copies
from grader.course.store import JudgementKey, Store
from grader.course.stored_judgements import JudgementLoader
from grader.course.student_pages import Pages
from grader.course.worker import Job
from grader.errors import Location, SpecError, UsageError, spec_error
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judgement_of
from grader.judging.referee import Referee
from grader.model.assignment import Assignment, Part
from grader.model.course import Attempt, Student
from grader.model.gradebook import Gradebook, PartGrade, StudentGrades
from grader.model.judgement import Judgement, Protection, Run, RunStatus, Verdict
from grader.model.problem import Problem, Submission
from grader.reports.judgement import html
from grader.reports.judgement.formats import Report
from grader.sandbox.host import Sandbox
from tests._support.bank import load

PROBLEM = "dr-grpo"
STUDENTS = ("ann", "bob", "cem", "dot")
PROTECTION = Protection("strict", ())


class Key:
    """The answer key of a problem, without a sandbox."""

    digest = inputs_digest = "0"

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.given_calls: dict[str, tuple[()]] = {}
        self.referee = Referee(cast("Sandbox", None))  # these problems do not need it


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    return cast("AnswerKey", Key(load(PROBLEM)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


def attempts(*students: str) -> list[Attempt]:
    return [Attempt(each, PROBLEM, f"{each}.py", digest=each) for each in students or STUDENTS]


def read(attempt: Attempt) -> Submission:
    return Submission(attempt.student.encode(), attempt.locator)


Judge = Callable[[Job], Judgement]


def right(job: Job, key: AnswerKey) -> Judgement:
    runs = [Run(RunStatus.RETURNED, value=0.5)] * len(key.problem.cases)
    return judgement_of(key, job.submission, runs, PROTECTION)


def poisoned(key: AnswerKey, error: BaseException) -> Judge:
    """Return a function that fails at the submission of bob."""

    def run_job(job: Job) -> Judgement:
        if job.submission.source == b"bob":
            raise error
        return right(job, key)

    return run_job


def run(
    key: AnswerKey,
    store: Store,
    judge: Judge,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[Attempt], Submission] = read,
) -> tuple[Batch, Progress]:
    monkeypatch.setattr(batch_module, "run_job", judge)
    batch = Batch({PROBLEM: key}, store, PROTECTION, read)
    with ThreadPoolExecutor(2) as executor:
        return batch, list(batch.run(attempts(), executor, at_once=3))[-1]


def judged(store: Store) -> list[str]:
    return sorted(each.attempt.student for each in store.outcomes())


def ends_workers(key: AnswerKey, *beside: bytes) -> tuple[Judge, list[bytes]]:
    """Return a function that loses bob's job always, and others beside it once; and what it ran."""
    ran: list[bytes] = []

    def run_job(job: Job) -> Judgement:
        source = job.submission.source
        ran.append(source)
        if source == b"bob" or (source in beside and ran.count(source) == 1):
            raise WorkersEnded("they have ended")
        return right(job, key)

    return run_job, ran


def test_jobs_beside_one_that_ends_workers_are_judged_alone(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, ran = ends_workers(key, b"ann", b"cem")
    batch, progress = run(key, store, judge, monkeypatch)
    assert [(each.student, why) for each, why in batch.failures] == [("bob", "they have ended")]
    assert (progress.judged, progress.failed, progress.finished) == (3, 1, 4)
    assert judged(store) == ["ann", "cem", "dot"]
    assert sorted(ran) == sorted([*map(str.encode, STUDENTS), b"ann", b"bob", b"cem"])
    failure = store.failure(batch.key_of(attempts("bob")[0]))
    assert failure is not None and failure.times == 1


def test_only_job_that_ended_workers_is_not_run_again(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, ran = ends_workers(key)
    batch, progress = run(key, store, judge, monkeypatch)
    assert (progress.judged, progress.failed, ran.count(b"bob")) == (3, 1, 1)
    assert len(batch.failures) == 1


ERRORS = [MemoryError(), RecursionError(), ValueError("secret"), OSError(28, "full"), KeyError(1)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_job_that_fails_is_tried_three_times_and_spoils_no_other(
    error: Exception, key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(MAX_TRIES):
        batch, progress = run(key, store, poisoned(key, error), monkeypatch)
        assert (progress.finished, progress.failed, progress.given_up) == (4, 1, 0)
        assert judged(store) == ["ann", "cem", "dot"]
        ((attempt, why),) = batch.failures
        assert attempt.student == "bob"
        assert why.startswith(type(error).__name__) and "secret" not in why
    for _ in range(2):
        batch, progress = run(key, store, poisoned(key, error), monkeypatch)
        assert (progress.finished, progress.reused, progress.given_up) == (4, 3, 1)
        assert batch.failures == [(attempt, why)]
    store.forget_failures()
    _, progress = run(key, store, lambda job: right(job, key), monkeypatch)
    assert (progress.judged, progress.given_up) == (1, 0)
    assert judged(store) == list(STUDENTS)


def test_a_judge_error_is_tried_again_and_forgotten_once_it_succeeds(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(job: Job) -> Judgement:
        runs = [Run(RunStatus.NOT_RUN, error="no process")] * len(key.problem.cases)
        return judgement_of(key, job.submission, runs, PROTECTION)

    batch, progress = run(key, store, failing, monkeypatch)
    assert progress.failed == 4
    assert {why for _, why in batch.failures} == {"no process"}
    _, progress = run(key, store, lambda job: right(job, key), monkeypatch)
    assert (progress.judged, progress.failed) == (4, 0)
    assert store.failure(batch.key_of(attempts("ann")[0])) is None


def test_a_submission_that_cannot_be_read_spoils_no_other(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(attempt: Attempt) -> Submission:
        if attempt.student == "bob":
            raise OSError(5, "input/output error")
        return read(attempt)

    _, progress = run(key, store, lambda job: right(job, key), monkeypatch, unreadable)
    assert (progress.judged, progress.failed) == (3, 1)


@pytest.mark.parametrize("at_once", [1, 9])  # found after the failure, or before
@pytest.mark.parametrize("error", [MemoryError, WorkersEnded])
def test_the_same_program_of_several_students_is_tried_once_in_a_run(
    at_once: int,
    error: type[Exception],
    key: AnswerKey,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def run_job(job: Job) -> Judgement:
        tries.append(job)
        raise error

    monkeypatch.setattr(batch_module, "run_job", run_job)
    students = [Attempt(each, PROBLEM, f"{each}.py", digest="same") for each in STUDENTS]
    batch = Batch({PROBLEM: key}, store, PROTECTION, read)
    with ThreadPoolExecutor(1) as executor:
        *_, progress = batch.run(students, executor, at_once)
    assert len(tries) == 1
    assert (progress.finished, progress.failed) == (4, 4)
    assert [attempt.student for attempt, _ in batch.failures] == list(STUDENTS)
    failure = store.failure(batch.key_of(students[0]))
    assert failure is not None and failure.times == 1


def lose_workers_once(key: AnswerKey, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Let the first job of each program lose its workers; return the programs that were tried."""
    tries: list[bytes] = []

    def run_job(job: Job) -> Judgement:
        tries.append(job.submission.source)
        if tries.count(tries[-1]) == 1:
            raise WorkersEnded("they have ended")
        return right(job, key)

    monkeypatch.setattr(batch_module, "run_job", run_job)
    return tries


@pytest.mark.parametrize("at_once", [1, 9])
def test_nobody_is_reported_as_failed_whose_program_is_judged_in_the_end(
    at_once: int, key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two jobs lose their workers once; ann's program is also that of others."""
    tries = lose_workers_once(key, monkeypatch)
    digests = {"ann": "same", "bob": "same", "cem": "other", "dot": "same"}
    class_ = [Attempt(each, PROBLEM, f"{each}.py", digest=digests[each]) for each in STUDENTS]
    batch = Batch({PROBLEM: key}, store, PROTECTION, read)
    with ThreadPoolExecutor(1) as executor:
        *_, progress = batch.run(class_, executor, at_once)
    assert batch.failures == [] and judged(store) == list(STUDENTS)
    assert (progress.judged, progress.reused, progress.failed) == (2, 2, 0)
    assert tries == [b"ann", b"cem", b"ann", b"cem"]


class AtOnce(Executor):
    """Has all results when it is asked for the first."""

    def submit(self, do: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(do(*args, **kwargs))
        except WorkersEnded as error:
            done.set_exception(error)
        return done


def test_jobs_are_tried_again_in_their_order(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"student{number}" for number in range(9)]
    tries = lose_workers_once(key, monkeypatch)
    batch = Batch({PROBLEM: key}, store, PROTECTION, read)
    class_ = [Attempt(each, PROBLEM, f"{each}.py", digest=each) for each in names]
    *_, progress = batch.run(class_, AtOnce(), at_once=len(names))
    assert progress.judged == len(names)
    assert tries == [name.encode() for name in names] * 2


@pytest.mark.parametrize("broken", ["runs_of", "add"])
def test_stored_runs_that_cannot_be_judged_are_made_again(
    broken: str, key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(key, store, lambda job: right(job, key), monkeypatch)
    store._database.execute("UPDATE judgement SET key = 'an earlier one'")
    method: Callable[..., object] = getattr(Store, broken)

    def failing(self: Store, key: JudgementKey, *args: object, **kwargs: object) -> object:
        if key.submission == "bob" and kwargs.get("times_run") != 1:
            raise RecursionError
        return method(self, key, *args, **kwargs)

    monkeypatch.setattr(Store, broken, failing)
    batch = Batch({PROBLEM: key}, store, PROTECTION, read, rejudge=True)
    with ThreadPoolExecutor(1) as executor:
        *_, progress = batch.run(attempts(), executor, at_once=1)
    assert (progress.rejudged, progress.judged, progress.failed) == (3, 1, 0)


def test_a_judgement_that_cannot_be_stored_spoils_no_other(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Store.add

    def failing(self: Store, key: JudgementKey, judgement: Judgement, times_run: int) -> None:
        if key.submission == "bob":
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        add(self, key, judgement, times_run)

    monkeypatch.setattr(Store, "add", failing)
    _, progress = run(key, store, lambda job: right(job, key), monkeypatch)
    assert (progress.judged, progress.failed) == (3, 1)


GLOBAL: dict[str, tuple[Exception, type[Exception]]] = {
    "a full disk": (UsageError("the disk is full"), UsageError),
    "a reference that fails": (spec_error(Location("cases.yaml"), "it fails"), SpecError),
    "no sandbox": (UsageError("the strict sandbox is not available"), UsageError),
}


@pytest.mark.parametrize("error, raised", GLOBAL.values(), ids=GLOBAL)
def test_an_error_that_concerns_everybody_ends_the_batch_and_counts_for_nobody(
    error: Exception,
    raised: type[Exception],
    key: AnswerKey,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(MAX_TRIES + 1):
        with pytest.raises(raised):
            run(key, store, poisoned(key, error), monkeypatch)
        assert store._database.execute("SELECT * FROM failure").fetchall() == []


class Recording(Executor):
    """Runs a job when it is waited for, and records which jobs were given at the same time."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.order: list[str] = []

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        (job,) = args
        self.order.append(job.submission.source.decode())
        future: Future[Any] = Future()
        future.set_result(self._judge(job))
        return future


def test_what_ended_the_grader_is_judged_last_and_given_up_after_three_times(
    key: AnswerKey, store: Store
) -> None:
    batch = Batch({PROBLEM: key}, store, PROTECTION, read)
    poison = batch.key_of(attempts("bob")[0])
    for times in range(1, MAX_TRIES):
        store.begin(poison)  # and then the process was killed
        assert store.failure(poison) == (times, "")
    executor = Recording(lambda job: right(job, key))
    (*_, progress) = batch.run(attempts(), executor, at_once=3)
    assert executor.order == ["ann", "cem", "dot", "bob"]
    assert progress.judged == 4
    store._database.execute("DELETE FROM judgement")
    for _ in range(MAX_TRIES):
        store.begin(poison)
    executor = Recording(lambda job: right(job, key))
    (*_, progress) = batch.run(attempts(), executor, at_once=3)
    assert executor.order == ["ann", "cem", "dot"]
    assert (progress.judged, progress.given_up) == (3, 1)


class Unfinished(Recording):
    """Begins no job."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


def test_a_cancelled_job_does_not_count_as_a_failure(key: AnswerKey, store: Store) -> None:
    batch = Batch({PROBLEM: key}, store, PROTECTION, read)
    steps = batch.run(attempts(), Unfinished(lambda job: right(job, key)), at_once=9)
    next(steps)
    assert store.failure(batch.key_of(attempts("ann")[0])) == (1, "")
    steps.close()
    assert store._database.execute("SELECT * FROM failure").fetchall() == []


def test_an_answer_without_a_fingerprint_is_in_no_cluster(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(value: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(fingerprint, "_digest", failing)
    run(key, store, lambda job: right(job, key), monkeypatch)
    assert {each.answers_fingerprint for each in store.outcomes()} == {""}


def test_a_source_that_cannot_be_read_again_is_left_out_of_the_comparison() -> None:
    def unreadable(attempt: Attempt) -> Submission:
        if attempt.student == "bob":
            raise OSError(5, "input/output error")
        return read(attempt)

    found = [student for student, _ in output._sources(attempts(), unreadable)]
    assert found == ["ann", "cem", "dot"]


def test_a_source_that_has_no_tokens_is_near_to_none(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = similarity._tokens

    def failing(source: bytes, *given: Any) -> list[str]:
        if b"poison" in source:
            raise RecursionError
        return tokens(source, *given)

    monkeypatch.setattr(similarity, "_tokens", failing)
    source = load(PROBLEM).accepted["loops"]
    sources = [("ann", source), ("bob", source + b"# poison"), ("cem", source + b"# other")]
    (found,) = find_near_copies(sources)
    assert found.students == ("ann", "cem")


# Pages and reports -------------------------------------------------------------------------------


@pytest.fixture
def graded(
    key: AnswerKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> tuple[Gradebook, JudgementLoader]:
    batch, _ = run(key, store, lambda job: right(job, key), monkeypatch)
    part = Part(PROBLEM, Fraction(10))
    rows = tuple(
        StudentGrades(Student(each.student), (PartGrade(part, each, Fraction(0)),))
        for each in attempts()
    )
    loader = JudgementLoader(batch)
    return Gradebook(Assignment("Homework", (part,)), rows), loader


def test_a_page_that_fails_is_replaced_by_a_sentence(
    graded: tuple[Gradebook, JudgementLoader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = html.write

    def failing(judgements: list[Judgement], out: Any, *grades: Any) -> None:
        if judgements[0].submission.student == "bob":
            out.write("half a page")
            raise MemoryError("secret")
        write(judgements, out, *grades)

    monkeypatch.setattr(html, "write", failing)
    (note,) = Pages(*graded, {}).write(OutputFolder(tmp_path, is_older=False))
    assert note.startswith(f"students/{PROBLEM}/bob.html has only a notice: MemoryError")
    pages = {
        each: (tmp_path / "students" / PROBLEM / f"{each}.html").read_text() for each in STUDENTS
    }
    assert "The grader failed to write this report." in pages.pop("bob")
    assert all("dr-grpo" in page or "GRPO" in page for page in pages.values())


def test_a_judgement_that_cannot_be_written_spoils_no_document(
    graded: tuple[Gradebook, JudgementLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(judgements: Iterable[Judgement], out: Any) -> None:
        for each in judgements:
            if each.submission.student == "bob" and each.verdict is not Verdict.JUDGE_ERROR:
                raise RecursionError
            out.write(f"{each.submission.student} {each.verdict.short}\n")

    monkeypatch.setattr(Report, "writer", lambda self: write)
    written: dict[str, str] = {}

    def to_memory(path: str, judgements: Iterable[Judgement]) -> None:
        from io import StringIO

        out = StringIO()
        write(judgements, out)
        written[path] = out.getvalue()

    notes = write_documents(Report("junit", "class.xml"), *graded, to_memory)
    assert notes == [f"class.xml: bob: {notes[0].split(': ')[2]}"]
    assert "RecursionError" in notes[0]
    assert written["class.xml"].split("\n")[:4] == ["ann WA", "bob JE", "cem WA", "dot WA"]


def test_stored_bytes_that_cannot_be_decoded_are_an_error_of_the_grader(
    graded: tuple[Gradebook, JudgementLoader], store: Store
) -> None:
    store._database.execute(
        'UPDATE judgement SET runs = replace(runs, \'"value": "\', \'"value": "AAAA\')'
        " WHERE submission = 'bob'"
    )
    _, loader = graded
    verdicts = [loader.load(each, each.student).verdict for each in attempts()]
    assert verdicts == [
        Verdict.WRONG_ANSWER,
        Verdict.JUDGE_ERROR,
        Verdict.WRONG_ANSWER,
        Verdict.WRONG_ANSWER,
    ]


def test_a_judgement_that_cannot_be_loaded_spoils_no_document(
    graded: tuple[Gradebook, JudgementLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    load = JudgementLoader.load

    def failing(loader: JudgementLoader, attempt: Attempt, student: str) -> Judgement:
        if student == "bob":
            raise OSError(5, "secret")
        return load(loader, attempt, student)

    monkeypatch.setattr(JudgementLoader, "load", failing)
    written: list[str] = []

    def to_memory(path: str, judgements: Iterable[Judgement]) -> None:
        lines = [f"{each.submission.student} {each.verdict.short}" for each in judgements]
        written[:] = lines

    (note,) = write_documents(Report("junit", "class.xml"), *graded, to_memory)
    assert note.startswith("class.xml: bob: OSError")
    assert written == ["ann WA", "bob JE", "cem WA", "dot WA"]
