"""The Python API: one source, many sources, threads, and a reward function."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

import grader
from grader import Grader, Verdict
from grader.api import Cases
from grader.errors import SandboxError, SpecError, UsageError
from grader.judging.answer_key import AnswerKey
from grader.model.judgement import CaseResult
from grader.model.problem import Problem
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA, PATIENCE_S, ROOT
from tests._support.examples import load_example

BANK = DATA / "bank"
CASES: tuple[Cases, ...] = ("public", "all")


@pytest.fixture(scope="module")
def warm() -> Iterator[Grader]:
    with Grader(BANK / "problems", BANK / "solutions") as opened:
        yield opened


def sources(opened: Grader, name: str) -> dict[str, str]:
    problem = opened.problem(name)
    wrong = {each.slug: each.source.decode() for each in problem.misconceptions}
    return {"right": (problem.reference or b"").decode()} | wrong


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys, grader; print(*(name for name in sys.modules if name.startswith('grader')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["grader"]
    for name in ("Grader", "Judgement", "Problem", "Verdict", "for_student", "judge", "load_bank"):
        assert name in dir(grader) and callable(getattr(grader, name))
    with pytest.raises(AttributeError, match="no attribute 'grade'"):
        _ = grader.grade


def test_the_package_is_typed(tmp_path: Path) -> None:
    program = tmp_path / "service.py"
    program.write_text(
        "import grader\n"
        "with grader.Grader('problems') as opened:\n"
        "    reveal_type(opened.score('area', 'x'))\n"
        "    reveal_type(grader.load_bank())\n"
        "    opened.score(3, 'x')\n"
    )
    words = ["--strict", "--no-incremental", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words, str(program)],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert 'Revealed type is "grader.model.judgement.Judgement"' in done.stdout
    mappings = ("Mapping[str, grader.model.problem.Problem]", "Mapping[builtins.str")
    assert any(each in done.stdout for each in mappings)
    assert 'Argument 1 to "score" of "Grader" has incompatible type "int"' in done.stdout


def test_load_bank() -> None:
    bank = grader.load_bank(ROOT)
    assert list(bank) == sorted(bank) and bank["dr-grpo"].title
    assert bank["dr-grpo"].reference is not None
    with pytest.raises(UsageError, match="is not a bank"):
        grader.load_bank(BANK / "nothing")


def test_judge_one_source() -> None:
    name, problem = next(iter(grader.load_bank(BANK).items()))
    judgement = grader.judge(name, problem.reference or b"", bank=BANK)
    assert judgement.verdict is Verdict.ACCEPTED and judgement.score == judgement.max_score > 0


def test_a_grader_agrees_with_the_command(warm: Grader) -> None:
    for name in warm.names:
        for which, source in sources(warm, name).items():
            judgement = warm.score(name, source)
            assert (judgement.verdict is Verdict.ACCEPTED) == (which == "right")
            if which != "right":
                assert which in {slug for each in judgement.misconceptions for slug in each.slugs}


def test_hints_can_be_omitted(warm: Grader) -> None:
    name = warm.names[0]
    [wrong, *_] = (s for slug, s in sources(warm, name).items() if slug != "right")
    assert warm.score(name, wrong).misconceptions
    assert not warm.score(name, wrong, hints=False).misconceptions


@pytest.mark.parametrize(
    "cases, names", [("public", ["three", "one"]), ("all", ["three", "one", "secret"])]
)
def test_cases_are_handed_over_one_by_one(warm: Grader, cases: Cases, names: list[str]) -> None:
    seen: list[CaseResult] = []
    judgement = warm.score("mean", sources(warm, "mean")["sum"], cases=cases, watch=seen.append)
    assert [each.case.name for each in seen] == names and tuple(seen) == judgement.results
    assert judgement.max_score == sum(each.case.points for each in seen)
    assert [each.slug for each in judgement.misconceptions] == ["sum"]


def test_what_was_warmed_is_not_run_for_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Grader(BANK / "problems", BANK / "solutions") as grader:
        grader.warm(["mean"])
        monkeypatch.setattr(Sandbox, "run_trusted", None)
        for cases in CASES:
            judgement = grader.score("mean", sources(grader, "mean")["sum"], cases=cases)
            assert judgement.misconceptions


def test_a_case_of_ones_own(warm: Grader) -> None:
    case = warm.problem("mean").cases[0].with_step(args={"values": [1.0, 2.0]}, has_expected=False)
    half = "def mean(values):\n    return sum(values)\n"
    alone = warm.try_case("mean", half, case)
    assert alone.run.value == 3.0 and not alone.step.has_expected
    assert alone.verdict is Verdict.ACCEPTED  # it could be run, and nobody compared its answer
    compared = warm.try_case("mean", half, case, with_reference=True)
    assert compared.step.expected == 1.5 and compared.verdict is Verdict.WRONG_ANSWER
    assert warm.try_case("mean", "", case).run.error == "the file is empty"
    failing = case.with_step(args={"values": []})  # for which the reference has no answer either
    failed = warm.try_case("mean", half, failing, with_reference=True)
    assert failed.run.value == 0 and not failed.step.has_expected


def test_for_student_removes_hidden_cases(warm: Grader) -> None:
    [name] = [each for each in warm.names if any(c.hidden for c in warm.problem(each).cases)][:1]
    judgement = warm.score(name, "def nothing(): pass")
    shown = grader.for_student(judgement)
    hidden = [each.case for each in shown.results if each.case.hidden]
    assert hidden and all(not case.step.args and not case.step.has_expected for case in hidden)
    assert shown.score == judgement.score


@pytest.mark.parametrize(
    ("source", "verdict", "told"),
    [
        ("", Verdict.INVALID_SUBMISSION, "empty"),
        ("def f(", Verdict.INVALID_SUBMISSION, "SyntaxError"),
        ("x = '\ud800'", Verdict.INVALID_SUBMISSION, "not UTF-8"),
        (b"\xff\xfe!", Verdict.INVALID_SUBMISSION, "UTF-16"),
        (b"#" * (1 << 20) + b"#", Verdict.INVALID_SUBMISSION, "larger than 1 MiB"),
        ("import os; os._exit(0)", Verdict.INVALID_SUBMISSION, "exited with code 0"),
    ],
)
def test_no_source_harms_the_grader(
    warm: Grader, source: str | bytes, verdict: Verdict, told: str
) -> None:
    judgement = warm.score(warm.names[0], source)
    assert judgement.verdict is verdict and judgement.score == 0
    assert told in judgement.results[0].run.error


def test_threads_share_a_grader(warm: Grader) -> None:
    jobs = [
        (name, source, which == "right")
        for name in warm.names
        for which, source in sources(warm, name).items()
    ] * 4
    with ThreadPoolExecutor(4) as pool:
        judgements = list(pool.map(lambda job: warm.score(job[0], job[1]), jobs))
    for (name, _, right), judgement in zip(jobs, judgements, strict=True):
        assert judgement.problem.slug == name
        assert (judgement.verdict is Verdict.ACCEPTED) == right


@pytest.mark.parametrize("cases", ["all", "public"])
def test_one_call_starts_one_sandbox(cases: Cases) -> None:
    with Grader(BANK / "problems", BANK / "solutions") as opened:
        opened.score("mean", "def mean(values): return 0", cases=cases)
        assert len(opened._sandboxes) == 1


def test_there_are_only_as_many_sandboxes_as_threads() -> None:
    with Grader(BANK / "problems", BANK / "solutions") as opened:
        source = sources(opened, opened.names[0])["right"]
        for _ in range(5):
            opened.score(opened.names[0], source)
        assert len(opened._sandboxes) == 1
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: opened.score(opened.names[0], source), range(12)))
        assert 1 <= len(opened._sandboxes) <= 3


def test_sandboxes_that_are_ready_are_used() -> None:
    with Grader(BANK / "problems", BANK / "solutions", ready=2) as opened:
        ready = list(opened._sandboxes)
        assert len(ready) == 2
        for _ in range(3):
            assert opened.score("mean", "def mean(values): return 0").score == 0
        assert opened._sandboxes == ready
    assert opened._sandboxes == []


def test_a_grader_without_problems_leaves_no_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each that is ready has a folder, which is removed when it ends."""
    (tmp_path / "folders").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "folders"))
    with pytest.raises(UsageError, match="has no problems"):
        Grader(tmp_path / "problems", ready=2)
    assert list((tmp_path / "folders").iterdir()) == []


def test_errors_say_what_to_do(warm: Grader, tmp_path: Path) -> None:
    name = warm.names[0]
    with pytest.raises(UsageError, match=f"no problem '{name[:-1]}'.*{name}"):
        warm.score(name[:-1], "x = 1")
    with pytest.raises(UsageError, match="has no problems"):
        Grader(tmp_path)
    closed = Grader(BANK / "problems")
    closed.close()
    closed.close()
    with pytest.raises(UsageError, match="is closed"):
        closed.score(name, "x = 1")
    folder = tmp_path / "problems" / "broken"
    folder.mkdir(parents=True)
    (folder / "spec.md").write_text("---\ntitle: 3\n---\n")
    with Grader(tmp_path / "problems") as opened, pytest.raises(SpecError, match=r"spec\.md"):
        opened.score("broken", "x = 1")


def test_a_slow_reference_delays_no_other_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    is_building, may_end = threading.Event(), threading.Event()

    def slow(problem: Problem, sandbox: Sandbox) -> AnswerKey:
        built.append(problem.slug)
        if problem.slug == "grpo":
            is_building.set()
            assert may_end.wait(PATIENCE_S)
        return AnswerKey(problem, sandbox)

    monkeypatch.setattr("grader.judging.answer_key.AnswerKey", slow)
    with Grader(ROOT / "problems", ROOT / "solutions") as opened, ThreadPoolExecutor(3) as pool:
        try:
            first = pool.submit(opened.problem, "grpo")
            assert is_building.wait(PATIENCE_S)
            second = pool.submit(opened.problem, "grpo")
            other = pool.submit(opened.problem, "dr-grpo")
            assert other.result(PATIENCE_S).slug == "dr-grpo"
            assert not first.done() and not second.done()
        finally:
            may_end.set()
        assert first.result() == second.result()
    assert sorted(built) == ["dr-grpo", "grpo"]


def test_a_failed_answer_key_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise SandboxError("the fork server has ended")

    with Grader(ROOT / "problems", ROOT / "solutions") as opened:
        with monkeypatch.context() as patched:
            patched.setattr("grader.judging.answer_key.AnswerKey", failing)
            with pytest.raises(SandboxError):
                opened.problem("grpo")
        assert opened.problem("grpo").slug == "grpo"


# Other files -------------------------------------------------------------------------------------

RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"


def test_reload_judges_by_the_files_as_they_are(tmp_path: Path) -> None:
    bank = Path(shutil.copytree(BANK, tmp_path / "bank"))
    cases = bank / "problems" / "mean" / "cases.yaml"
    with Grader(bank / "problems", bank / "solutions") as opened:
        assert opened.score("mean", RIGHT).max_score == 4
        before = opened.answer_key("mean")
        cases.write_text(cases.read_text().replace("name: one", "name: one\n    points: 5"))
        assert opened.score("mean", RIGHT).max_score == 4
        opened.reload("mean")
        assert opened.score("mean", RIGHT).max_score == 8
        assert opened.score("mean", RIGHT, key=before).max_score == 4
        cases.write_text("cases: [")
        with pytest.raises(SpecError, match=r"cases\.yaml"):
            opened.reload("mean")
        assert opened.score("mean", RIGHT).max_score == 8


def test_a_key_that_was_adopted_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    is_building, may_end = threading.Event(), threading.Event()

    def slow(problem: Problem, sandbox: Sandbox) -> AnswerKey:
        is_building.set()
        assert may_end.wait(PATIENCE_S)
        return AnswerKey(problem, sandbox)

    folders = BANK / "problems", BANK / "solutions"
    with Grader(*folders) as opened, ThreadPoolExecutor(1) as pool:
        newer = opened.prepare("mean")
        monkeypatch.setattr("grader.judging.answer_key.AnswerKey", slow)
        older = pool.submit(opened.answer_key, "mean")
        try:
            assert is_building.wait(PATIENCE_S)
            opened.adopt(newer)
        finally:
            may_end.set()
        assert older.result() is newer
        assert opened.answer_key("mean") is newer


# When things end, or run out ---------------------------------------------------------------------


def alone(program: str) -> str:
    """What a process of its own prints that runs the program."""
    head = f"""
        import os, resource, threading, time
        from grader.api import Grader
        from grader.errors import GraderError
        GOOD = "def mean(values):\\n    return sum(values) / len(values)\\n"
        warm = Grader({str(BANK / "problems")!r}, {str(BANK / "solutions")!r})
        warm.score("mean", GOOD)
        def descriptors():
            return len(os.listdir("/proc/self/fd"))
        def children():
            return open(f"/proc/self/task/{{os.getpid()}}/children").read().split()
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(head) + dedent(program)],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )
    assert done.stderr == ""
    return done.stdout


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no fork")


@linux_only
def test_closing_during_a_score_starts_no_new_process(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    told = alone(f"""
        warm.close()
        gate = {str(tmp_path / "gate")!r}
        basic = Grader({str(BANK / "problems")!r}, sandbox="basic")
        source = f"def mean(values):\\n    return open({{gate!r}}).read()\\n"
        found = []
        thread = threading.Thread(target=lambda: found.append(basic.score("mean", source)))
        thread.start()
        with open(gate, "w"):  # which waits until it is read: the submission has been called
            basic.close()
            thread.join()
        print(found[0].verdict.value, children())
    """)
    assert told == "judge_error []\n"


@linux_only
def test_closing_does_not_wait_for_processes_forked_meanwhile() -> None:
    """As workers that load data are: they have the socket, too."""
    told = alone(f"""
        from grader.sandbox import server_process
        server_process._SHUTDOWN_TIMEOUT_S = PATIENCE_S = {PATIENCE_S}
        worker = os.fork()
        if worker == 0:
            time.sleep(2 * PATIENCE_S)
        warm.close()
        print("closed")
        os.kill(worker, 9)
    """)
    assert told == "closed\n"


@linux_only
def test_files_opened_elsewhere_stay_open() -> None:
    told = alone("""
        from grader.sandbox.limits import ProcessLimits
        server = warm._sandboxes[0]._server
        bounds = ProcessLimits(512, 10)
        server.fork(bounds, False).end()
        server.fork(bounds, False).end()
        warm.close()
        ours = [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]
        try:
            server.fork(bounds, False)
        except GraderError:
            print("refused")
        print(len([os.fstat(each) for each in ours]))
    """)
    assert told == "refused\n20\n"


@linux_only
def test_without_descriptors_it_fails_and_leaks_none() -> None:
    told = alone("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        for number in range(8):
            warm.score("mean", GOOD + f"# {number}")
        before, verdicts = descriptors(), set()
        for free in range(14):
            held = []
            while descriptors() + free < 100:
                held.append(os.open(os.devnull, os.O_RDONLY))
            try:
                verdicts.add(warm.score("mean", GOOD + f"# free {free}").verdict.value)
            finally:
                for each in held:
                    os.close(each)
        print(sorted(verdicts), descriptors() <= before)
        print(warm.score("mean", GOOD).verdict.value)
    """)
    assert told == "['accepted', 'judge_error'] True\naccepted\n"


# As the reward of a training loop ----------------------------------------------------------------


@pytest.fixture(scope="module")
def reward() -> ModuleType:
    return load_example("reward")


def test_the_reward_is_called_like_trl_does(reward: ModuleType) -> None:
    reference = (ROOT / "solutions" / "dr-grpo" / "reference.py").read_text()
    other = (ROOT / "solutions" / "grpo" / "reference.py").read_text()
    completions = [
        f"First try:\n```python\nnothing\n```\nBetter:\n```python\n{reference}```\nDone.",
        f"```\n{other}",  # cut off by the longest length
        "```python\nimport os\nos.kill(os.getppid(), 9)\n```",
        "no code",
    ]
    rewards = reward.correctness(
        prompts=["…"] * 4,
        completions=completions,
        completion_ids=[[1, 2]] * 4,
        problem=["dr-grpo", "grpo", "dr-grpo", "grpo"],
        trainer_state=object(),
    )
    assert rewards == [1.0, 1.0, 0.0, 0.0]
    assert reward.correctness.__name__ == "correctness"  # which a trainer logs it by
    conversational = [[{"role": "assistant", "content": completions[0]}]]
    assert reward.correctness(completions=conversational, problem=["dr-grpo"]) == [1.0]


def test_a_judge_error_is_not_a_reward(reward: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def score(self, *_: object, **__: object) -> object:
            return type(
                "Judged", (), {"verdict": Verdict.JUDGE_ERROR, "score": Fraction(0), "max_score": 1}
            )

    monkeypatch.setattr(reward, "opened", Failing)
    assert reward.correctness(completions=["x"], problem=["dr-grpo"]) == [None]


def test_the_example_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "reward.py")],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert done.stdout.splitlines() == [
        "0.00  I would rather not.",
        "0.00  raise SystemExit(0)",
        "1.00  import math",
    ]
