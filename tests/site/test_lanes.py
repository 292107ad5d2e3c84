"""The lanes: who is judged when, and what those who wait are told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from grader.api import Grader
from grader.bank.locate import find_bank
from grader.errors import NeedsMoreTime
from grader.judging import time_given
from grader.judging.answer_key import AnswerKey
from grader.judging.public_first import Kept
from grader.judging.redact import for_student
from grader.model.effort import Effort, TimeGiven
from grader.model.judgement import Judgement, Run, RunStatus
from grader.site.queue import lanes as lanes_module
from grader.site.queue.judges import Judges
from grader.site.queue.lane import Lane
from grader.site.queue.lanes import Lanes
from grader.site.queue.trials import Later, Priority, Trial, Turn
from grader.site.records.notes import Attempt
from tests._support.bank import PATIENCE_S, bank_with_limits, patient_bank
from tests._support.site import RIGHT, Site, site
from tests._support.waiting import until

DONE = {"type": "done"}
LOOP = "def mean(values):\n    while True:\n        pass\n"


def trial(name: str, person: str = "ada", priority: Priority = Priority.SUBMIT) -> Trial:
    return Trial(name, person, (person, "mean", name), priority, lambda turn: None)


# One lane ----------------------------------------------------------------------------------------

SUBMIT, RUN, AGAIN = Priority.SUBMIT, Priority.RUN, Priority.AGAIN
ORDERS: dict[str, tuple[list[tuple[str, Priority]], list[int]]] = {
    "submits before runs, rejudging last": (
        [("ada", AGAIN), ("bob", RUN), ("cyd", SUBMIT)],
        [2, 1, 0],
    ),
    "one turn for each person in turn": (
        [("ada", SUBMIT), ("ada", SUBMIT), ("ada", SUBMIT), ("bob", SUBMIT), ("cyd", SUBMIT)],
        [0, 3, 4, 1, 2],
    ),
    "a person's own in the order of sending": ([("ada", SUBMIT), ("ada", SUBMIT)], [0, 1]),
    "runs of one behind submits of the other": (
        [("ada", RUN), ("bob", SUBMIT), ("bob", SUBMIT)],
        [1, 2, 0],
    ),
}


@pytest.mark.parametrize("sent, expected", ORDERS.values(), ids=ORDERS)
def test_the_order_of_a_lane(sent: list[tuple[str, Priority]], expected: list[int]) -> None:
    lane = Lane(places=1, mean_s=1.0)
    for number, (person, priority) in enumerate(sent):
        lane.add(trial(str(number), person, priority))
    planned = [int(each.key) for each in lane.order()]
    taken = []
    while (each := lane.take()) is not None:
        taken.append(int(each.key))
    assert taken == planned == expected


def test_who_was_served_before_is_not_kept_waiting_for_it() -> None:
    lane = Lane(places=1, mean_s=1.0)
    lane.add(trial("a1"))
    assert lane.take()
    lane.add(trial("a2"))
    lane.add(trial("b1", "bob"))
    assert [each.key for each in lane.order()] == ["a2", "b1"]


def test_a_second_program_waits_for_everybody_elses_first() -> None:
    lane = Lane(places=1, mean_s=1.0)
    lane.add(trial("a1"))
    lane.add(trial("b1", "bob"))
    assert [each.key for each in lane.order()] == ["a1", "b1"] and lane.take()
    lane.add(trial("a2"))
    lane.add(trial("c1", "cyd"))
    assert [each.key for each in lane.order()] == ["b1", "c1", "a2"]


def test_nobody_waits_for_ever_while_others_go_on_sending() -> None:
    lane = Lane(places=1, mean_s=1.0)
    people = ["ada", "bob", "cyd", "dan"]
    for person in people:
        lane.add(trial(f"{person} 0", person))
    lane.add(trial("patient"))  # the second one of ada
    turns = []
    for number in range(1, 20):
        each = lane.take()
        assert each is not None
        turns.append(each.key)
        if each.person != "ada":
            lane.add(trial(f"{each.person} {number}", each.person))
    assert turns.index("patient") == len(people)


def test_what_waits_in_another_kind_does_not_keep_a_round_going() -> None:
    lane = Lane(places=1, mean_s=1.0)
    lane.add(trial("again", "eve", AGAIN))
    lane.add(trial("a1"))
    assert lane.take()
    lane.add(trial("a2"))
    lane.add(trial("b1", "bob"))
    assert [each.key for each in lane.order()] == ["a2", "b1", "again"]


def test_an_extra_turn_changes_no_other() -> None:
    lane = Lane(places=1, mean_s=1.0)
    for name, person in (("a0", "ada"), ("b0", "bob"), ("a1", "ada")):
        lane.add(tried := trial(name, person))
        tried.dropped = TimeGiven.LITTLE
    lane.add(trial("a2"))
    extra = lane.take(untried=True)
    assert extra is not None and extra.key == "a2"
    lane.add(trial("d0", "dan"))
    assert [each.key for each in lane.order()] == ["a0", "b0", "d0", "a1"]
    lane.add(extra)  # it was given up
    assert [each.key for each in lane.order()] == ["a0", "b0", "d0", "a1", "a2"]


def test_a_trial_that_comes_back_has_its_place() -> None:
    lane = Lane(places=1, mean_s=1.0)
    first = trial("a1")
    for each in (first, trial("b1", "bob"), trial("c1", "cyd")):
        lane.add(each)
    assert lane.take() is first
    lane.add(trial("d1", "dan"))
    lane.add(first)
    assert [each.key for each in lane.order()] == ["a1", "b1", "c1", "d1"]


@pytest.mark.parametrize("back", [("older", "newer"), ("newer", "older")], ids=str)
def test_of_two_runs_that_come_back_the_older_one_is_outdated(back: tuple[str, str]) -> None:
    lane = Lane(places=2, mean_s=1.0)
    runs = {name: Trial(*_run(name)) for name in ("older", "newer")}
    for each in runs.values():
        lane.add(each)
        assert lane.take() is each
    for name in back:
        lane.add(runs[name])
    lane.add(trial("b1", "bob", RUN))
    assert [each.key for each in lane.order()] == ["newer", "b1", "older"]


def test_an_older_run_that_comes_back_does_not_outdate_the_newer_one() -> None:
    lane = Lane(places=1, mean_s=1.0)
    older, newer = Trial(*_run("older")), Trial(*_run("newer"))
    lane.add(older)
    assert lane.take() is older
    lane.add(newer)
    lane.add(older)
    assert [each.key for each in lane.order()] == ["newer", "older"]


def test_a_newer_run_outdates_the_older_one_and_takes_its_place() -> None:
    lane = Lane(places=1, mean_s=1.0)
    older, newer, other = (Trial(*_run(name)) for name in ("older", "newer", "other"))
    other.topic = ("ada", "median", "run")
    for each in (older, other, newer):
        lane.add(each)
    assert [each.key for each in lane.order()] == ["newer", "other", "older"]


def test_who_replaces_a_run_again_and_again_loses_no_turn() -> None:
    lane = Lane(places=1, mean_s=1.0)
    for number in range(5):
        lane.add(Trial(*_run(f"a{number}")))
    for name, person in (("b0", "bob"), ("b1", "bob"), ("c0", "cyd"), ("a", "ada")):
        lane.add(trial(name, person, RUN))
    order = [each.key for each in lane.order()]
    assert order == ["a4", "b0", "c0", "b1", "a", "a0", "a1", "a2", "a3"]


def _run(name: str) -> tuple[Any, ...]:
    return name, "ada", ("ada", "mean", "run"), RUN, lambda turn: None


# All lanes ---------------------------------------------------------------------------------------


class Scene:
    """Lanes in a loop of their own, for a test in another thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.lanes = self.in_loop(lambda: Lanes(1, lambda name: None))

    def in_loop(self, work: Callable[[], Any]) -> Any:
        async def do() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(do(), self._loop).result(PATIENCE_S)

    def add(self, name: str, job: Callable[[Turn], None], person: str = "ada") -> Trial:
        topic = (person, "mean", "submit")
        added = self.in_loop(lambda: self.lanes.add(name, person, topic, SUBMIT, job))
        assert isinstance(added, Trial)
        return added

    def close(self) -> None:
        self.lanes.stop()
        self.lanes.join()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.close()


def done(turn: Turn) -> None:
    turn.say(DONE)


def drop_and_wait(release: Event, arrived: Event) -> Callable[[Turn], None]:
    """Return a job that waits for the test in the slow lane, and is dropped in the others."""

    def job(turn: Turn) -> None:
        if turn.effort.time is not TimeGiven.ALL:
            raise NeedsMoreTime("")
        arrived.set()
        release.wait(PATIENCE_S)
        turn.say(DONE)

    return job


def test_what_needs_time_delays_only_its_like(scene: Scene) -> None:
    release, arrived = Event(), Event()
    slow = [scene.add(f"slow-{n}", drop_and_wait(release, arrived), f"p{n}") for n in range(3)]
    assert arrived.wait(PATIENCE_S)
    quick_one = scene.add("quick", done)
    until(lambda: quick_one.is_done)
    assert not any(each.is_done for each in slow)
    release.set()
    until(lambda: all(each.is_done for each in slow))


def test_a_retry_holds_no_thread_and_is_counted(scene: Scene) -> None:
    retries: list[int] = []

    def fail_twice(turn: Turn) -> None:
        retries.append(turn.retries)
        if turn.retries < 2:
            raise Later(0.0)
        turn.say(DONE)

    def never(turn: Turn) -> None:
        raise Later(100 * PATIENCE_S)

    waiting = scene.add("waiting", never)
    failing = scene.add("failing", fail_twice)
    until(lambda: failing.is_done)  # although there is one place
    assert retries == [0, 1, 2] and not waiting.is_done


def test_who_ran_out_of_time_starts_in_the_slow_lane(scene: Scene) -> None:
    seen: list[TimeGiven] = []

    def job(turn: Turn) -> None:
        seen.append(turn.effort.time)
        turn.ran_out_of_time = len(seen) == 1
        turn.say(DONE)

    for number in range(3):
        each = scene.add(f"number-{number}", job)
        until(lambda each=each: each.is_done)  # type: ignore[misc]
        until(lambda: not scene.lanes._slow.is_full)
    assert seen == [TimeGiven.LITTLE, TimeGiven.ALL, TimeGiven.LITTLE]


def test_what_is_dropped_gets_more_time_and_leaves_the_cores_to_others(scene: Scene) -> None:
    seen: list[Effort] = []
    release, arrived = Event(), Event()
    scene.add("loop", drop_and_wait(release, arrived))
    assert arrived.wait(PATIENCE_S)

    def job(turn: Turn) -> None:
        seen.append(turn.effort)
        if turn.effort.time is TimeGiven.SOME:
            release.set()  # an idle slow place would take it from the medium lane
        if turn.effort.time is not TimeGiven.ALL:
            raise NeedsMoreTime("")
        turn.say(DONE)

    each = scene.add("slow", job)
    until(lambda: each.is_done)
    assert seen == [
        Effort(TimeGiven.LITTLE),
        Effort(TimeGiven.SOME, low_priority=True),
        Effort(TimeGiven.ALL, low_priority=True),
    ]


def test_what_needs_some_time_does_not_wait_for_what_needs_all(scene: Scene) -> None:
    def needs_some(turn: Turn) -> None:
        if turn.effort.time is TimeGiven.LITTLE:
            raise NeedsMoreTime("")
        turn.say(DONE)

    release, arrived = Event(), Event()
    scene.add("loop", drop_and_wait(release, arrived))
    assert arrived.wait(PATIENCE_S)
    try:
        for number in range(3):
            each = scene.add(f"number-{number}", needs_some)
            until(lambda each=each: each.is_done)  # type: ignore[misc]
    finally:
        release.set()


def test_an_idle_slow_place_takes_what_waits_for_the_medium_lane(scene: Scene) -> None:
    release, arrived = Event(), Event()

    def waits_in_the_medium_lane(turn: Turn) -> None:
        if turn.effort.time is TimeGiven.LITTLE:
            raise NeedsMoreTime("")
        arrived.set()
        release.wait(PATIENCE_S)
        turn.say(DONE)

    def needs_some(turn: Turn) -> None:
        if turn.effort.time is TimeGiven.LITTLE:
            raise NeedsMoreTime("")
        turn.say(DONE)

    try:
        scene.add("first", waits_in_the_medium_lane)
        assert arrived.wait(PATIENCE_S)
        each = scene.add("second", needs_some)
        until(lambda: each.is_done)  # although one of the two places is taken
    finally:
        release.set()


@pytest.mark.parametrize("yields, places", [(True, 3), (False, 1)])
def test_several_slow_places_need_low_priority(scene: Scene, yields: bool, places: int) -> None:
    lanes = scene.in_loop(lambda: Lanes(3, lambda name: None, yields))
    lanes.stop()
    lanes.join()
    assert lanes._slow.places == places


def test_an_idle_place_tries_what_would_wait_in_the_slow_lane(scene: Scene) -> None:
    def too_slow(turn: Turn) -> None:
        turn.ran_out_of_time = True
        turn.say(DONE)

    before = scene.add("before", too_slow, "bob")
    until(lambda: before.is_done)
    release, arrived = Event(), Event()
    scene.add("loop", drop_and_wait(release, arrived))
    assert arrived.wait(PATIENCE_S)
    mended = scene.add("mended", done, "bob")
    until(lambda: mended.is_done)  # the only slow place is taken
    release.set()


@pytest.mark.parametrize("max_ordered", [300, 0], ids=["few wait", "many wait"])
def test_those_who_wait_are_told_their_place_as_it_moves(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, max_ordered: int
) -> None:
    monkeypatch.setattr(lanes_module, "_MAX_ORDERED", max_ordered)
    monkeypatch.setattr(lanes_module, "_TOLD_S", 0.01)
    gates = [Event() for _ in range(3)]
    arrived = Event()

    def at_gate(number: int) -> Callable[[Turn], None]:
        def job(turn: Turn) -> None:
            arrived.set()
            gates[number].wait(PATIENCE_S)
            turn.say(DONE)

        return job

    def places(trial: Trial) -> list[int]:
        return [each["place"] for each in trial.messages if each["type"] == "waiting"]

    trials = [scene.add("number-0", at_gate(0), "p0")]
    assert arrived.wait(PATIENCE_S)
    trials += [scene.add(f"number-{n}", at_gate(n), f"p{n}") for n in (1, 2)]
    until(lambda: places(trials[2]) == [2])
    gates[0].set()
    until(lambda: places(trials[2]) == [2, 1])
    gates[1].set()
    until(lambda: places(trials[2]) == [2, 1, 0])  # it is its turn
    gates[2].set()
    until(lambda: trials[2].is_done)
    assert all(each["seconds"] >= 1 for each in trials[2].messages if each.get("place", 0) > 0)


def test_a_failing_job_ends_its_trial_alone(scene: Scene) -> None:
    def fail(turn: Turn) -> None:
        raise ZeroDivisionError("which may quote a hidden case")

    failed = scene.add("failing", fail)
    until(lambda: failed.is_done)
    assert "internal error" in failed.messages[-1]["message"]
    assert "hidden" not in str(failed.messages)
    following = scene.add("following", done)
    until(lambda: following.is_done)


# A page with both --------------------------------------------------------------------------------


def sending(page: Site, path: str, **fields: str) -> tuple[Thread, list[dict[str, Any]]]:
    """Send a form in another thread; return it, and the list that will have the lines."""
    lines: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: lines.extend(page.stream(path, **fields)), daemon=True)
    thread.start()
    return thread, lines


def test_a_loop_does_not_delay_a_right_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Processor time alone drops it, of which a right answer needs little on any machine.
    for time, bound in time_given._BOUNDS.items():
        patient = bound._replace(wall_s=PATIENCE_S, cpu_s=0.5)
        monkeypatch.setitem(time_given._BOUNDS, time, patient)
    released = tmp_path / "released"
    looping = (
        "import os\n"
        "def mean(values):\n"
        f"    while not os.path.exists({str(released)!r}):\n"
        "        pass\n"
        "    return sum(values) / len(values)\n"
    )
    bank = patient_bank(tmp_path / "bank")
    with site(tmp_path / "book", bank, tier="basic", threads=1) as page:
        thread, lines = sending(page, "/p/mean/submit", source=looping, id="looping-one")
        until(lambda: page.book.attempt("looping-one"))
        for number in range(3):
            right = page.stream("/p/mean/submit", source=f"{RIGHT}# {number}\n")
            assert right[-1]["verdict"] == "accepted"
        assert not lines  # nothing but the test ends it
        released.write_bytes(b"")
        thread.join(PATIENCE_S)
        assert lines[-1]["verdict"] == "accepted"  # from the beginning, under its full limits


def test_a_dropped_program_gets_the_judgement_it_gets_anywhere(tmp_path: Path) -> None:
    bank = bank_with_limits(tmp_path / "bank", cpu_s=0.3, wall_s=PATIENCE_S)
    with site(tmp_path / "book", bank) as page:
        lines = page.stream("/p/mean/submit", source=LOOP, id="endless-loop")
        attempt = page.book.attempt("endless-loop")
        assert attempt is not None and lines[-1]["verdict"] == "time_limit"
        desk = page.client.app.state.desk  # type: ignore[attr-defined]
        stored = desk.judges.stored(attempt, LOOP.encode())
        until(lambda: ("me", "mean") in desk.lanes._ran_out_of_time)
    found = find_bank(str(bank))
    with Grader(found.problems, found.solutions) as grader:
        for time in (TimeGiven.LITTLE, TimeGiven.SOME):
            with pytest.raises(NeedsMoreTime):
                grader.score("mean", LOOP, effort=Effort(time))
        elsewhere = for_student(grader.score("mean", LOOP))
    assert facts(stored) == facts(elsewhere)


def facts(judgement: Judgement) -> object:
    """Return everything about a judgement but times."""
    cases = [
        (each.case.name, each.verdict, each.points, each.run.status, each.run.error)
        for each in judgement.results
    ]
    said = judgement.misconceptions, judgement.observations, judgement.notes
    return cases, judgement.verdict, judgement.score, judgement.key_digest, said


LEAK = """\
import os
import time

def mean(values):
    if len(values) == 2:  # the hidden case
        end = time.process_time() + 1.2
        while time.process_time() < end:
            pass
    print("now", time.time_ns(), os.getpid())
    return sum(values) / len(values)
"""


def test_a_dropped_program_shows_its_public_cases_as_they_were_before_the_hidden_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the next turn it could print what it saw in them, if it found a way to store it."""
    for time, bound in time_given._BOUNDS.items():
        monkeypatch.setitem(time_given._BOUNDS, time, bound._replace(wall_s=PATIENCE_S, cpu_s=0.5))
    kept, keep = list[Kept](), Judges._keep_first_runs

    def keep_first_runs(self: Judges, attempt: Attempt, answers: AnswerKey, runs: Kept) -> None:
        keep(self, attempt, answers, runs)
        kept.append(self._kept(attempt, answers))

    monkeypatch.setattr(Judges, "_keep_first_runs", keep_first_runs)
    with site(tmp_path / "book", patient_bank(tmp_path / "bank")) as page:
        lines = page.stream("/p/mean/submit", source=LEAK, id="dropped-once")
        desk = page.client.app.state.desk  # type: ignore[attr-defined]
        attempt = page.book.attempt("dropped-once")
        assert attempt is not None
        stored = desk.judges.stored(attempt, LEAK.encode())
        left = desk.judges._kept(attempt, desk.judges.answers("mean", attempt.kind))
    assert lines[-1]["verdict"] == "accepted" and stored is not None
    shown = [each["html"] for each in lines if each["type"] == "case" and "now " in each["html"]]
    printed = [each.run.stdout for each in stored.results if not each.case.hidden]
    assert kept and left.runs is None  # they were stored until it was judged
    for each in kept:  # of the turns that were given up
        assert [run.stdout for run in each.runs or ()] == printed
    assert len(shown) == len(printed) == 2  # no case was shown again
    for html, text in zip(shown, printed, strict=True):
        assert text.strip() in html


def test_a_server_that_ends_keeps_what_was_seen_before_hidden_cases(tmp_path: Path) -> None:
    with site(tmp_path / "book") as page:
        desk = page.client.app.state.desk  # type: ignore[attr-defined]
        page.stream("/p/mean/submit", source=RIGHT, id="something-else")
        other = page.book.attempt("something-else")
        assert other is not None
        attempt = replace(other, digest="0" * 64)
        answers = desk.judges.answers("mean", attempt.kind)
        runs = [Run(RunStatus.RETURNED, 2.5, stdout="first"), Run(RunStatus.RETURNED, 0.0)]
        desk.judges._keep_first_runs(attempt, answers, Kept(runs, ("a note",)))
    with site(tmp_path / "book") as page:
        desk = page.client.app.state.desk  # type: ignore[attr-defined]
        judged = desk.judges.judge(attempt, RIGHT.encode())
    assert [each.run.stdout for each in judged.results[:2]] == ["first", ""]
    assert [each.verdict.short for each in judged.results] == ["AC", "WA", "AC"]
    assert judged.notes == ("a note",)
