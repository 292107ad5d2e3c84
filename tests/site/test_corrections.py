"""Corrections in a course: previewed by an instructor, published by a click, never live before."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.course.store import Store
from grader.errors import UsageError
from grader.site.corrections import corrections
from grader.site.corrections.corrections import Corrections
from grader.site.corrections.previews import Preview, Stage
from grader.site.queue.judges import JUDGEMENTS
from grader.site.queue.recovery import look_for_outdated
from grader.site.records.notes import Attempt
from grader.site.records.writer import BookError
from tests._support.site import RIGHT, SUM, Class, Site, classroom_site
from tests._support.waiting import until
from tests.site.test_exams import EXAM, START
from tests.site.test_terms import TWO, Clock

SLUG = "mean-1"
PUBLIC, HIDDEN = f"problems/{SLUG}/cases.yaml", f"solutions/{SLUG}/cases.yaml"
SECRETS = ("8128.125", "496.5", "4312.3125", "8624.625")
POINTS = ("points: 2", "points: 6")  # of the hidden case, which SUM fails and RIGHT passes
ADDRESS = f"/class/correction/{SLUG}"


class Lesson(NamedTuple):
    """A course with two students who have submitted, and an instructor."""

    course: Class
    folder: Path

    @property
    def corrections(self) -> Corrections:
        found: Corrections = self.course.app.state.corrections
        return found

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text()
        assert old in text
        (self.folder / path).write_text(text.replace(old, new))

    def preview(self) -> Preview:
        """Preview what is on the disk; return it when it is complete."""
        instructor = self.course.as_("rivera")
        assert instructor.client.post(f"{ADDRESS}/preview").status_code == 303

        def is_complete() -> Preview | None:
            found = self.corrections.preview(SLUG)
            return found if found is not None and not found.stage.is_running else None

        found = until(is_complete)
        assert found is not None
        return found

    def publish(self, preview: Preview) -> None:
        instructor = self.course.as_("rivera")
        reply = instructor.client.post(f"{ADDRESS}/publish", data={"version": preview.version})
        assert reply.status_code == 303, reply.text

    def score(self, attempt: str) -> str:
        found = attempt_of(self.course, attempt)
        assert found.outcome is not None
        return f"{found.outcome.score}/{found.outcome.max_score}"

    def times_run(self) -> int:
        with Store(self.course.book.path.with_name(JUDGEMENTS)) as store:
            return store.times_run()

    def page(self, person: str = "rivera", path: str = ADDRESS) -> str:
        reply = self.course.as_(person).client.get(path)
        assert reply.status_code == 200
        return reply.text


def submit(student: Site, source: str, id: str) -> None:
    assert student.stream(f"/p/{SLUG}/submit", source=source, id=id)[-1]["type"] == "done"


def attempt_of(course: Class, id: str) -> Attempt:
    found = course.book.attempt(id)
    assert found is not None
    return found


def without_clock(page: str) -> str:
    """Return a page without the time at which it was made."""
    return re.sub(r'data-now="[^"]*"', "", page)


@pytest.fixture
def lesson(tmp_path: Path) -> Iterator[Lesson]:
    with classroom_site(tmp_path) as course:
        submit(course.as_("ada"), RIGHT, "by-ada-1")
        submit(course.as_("ben"), SUM, "by-ben-1")
        yield Lesson(course, tmp_path)


def test_nothing_is_live_before_it_is_published(lesson: Lesson) -> None:
    before = without_clock(lesson.page("ben", f"/p/{SLUG}"))
    lesson.replace(HIDDEN, *POINTS)
    lesson.replace(PUBLIC, "The mean of one value", "One value")
    preview = lesson.preview()
    assert preview.stage is Stage.READY
    assert without_clock(lesson.page("ben", f"/p/{SLUG}")) == before
    assert lesson.score("by-ben-1") == "1/4"
    lines = lesson.course.as_("cai").stream(f"/p/{SLUG}/submit", source=RIGHT)
    assert lines[-1]["max_points"] == 4
    assert "One value" not in lesson.page("ada", f"/p/{SLUG}")


def test_a_preview_says_who_gains_and_loses_and_runs_nothing(lesson: Lesson) -> None:
    runs = lesson.times_run()
    lesson.replace(HIDDEN, *POINTS)
    preview = lesson.preview()
    assert lesson.times_run() == runs
    gains = lesson.corrections.gains(preview)
    assert [(each.person, float(each.before), float(each.after)) for each in gains] == [
        ("ben", 2.5, 1.25)
    ]
    page = lesson.page()
    assert "The hidden case secret has other points: 6 in place of 2" in page
    assert "0 students gain points, 1 loses some" in page
    assert "Points in the assignment, of the attempt that counts" in page
    assert "Ben Okri" in page and "Ada Lovelace" not in page
    assert "Nobody’s code was run" in page
    assert "Verification: ready to publish" in page
    assert "published/versions" not in page


def test_publishing_changes_all_outcomes_and_says_why(lesson: Lesson) -> None:
    runs = lesson.times_run()
    lesson.replace(HIDDEN, *POINTS)
    lesson.publish(lesson.preview())
    assert (lesson.score("by-ada-1"), lesson.score("by-ben-1")) == ("8/8", "1/8")
    assert lesson.times_run() == runs
    text = lesson.page("ben", f"/p/{SLUG}")
    assert "Your points in the problem itself changed from 1 of 4 to 1 of 8" in text
    assert "the hidden case secret has other points: 6 in place of 2" in text
    assert lesson.corrections.preview(SLUG) is None
    assert "Rosa Rivera" in lesson.page()
    (told,) = lesson.course.desk.news.unread("ben")
    assert told.text == (
        "The problem has changed: the hidden case secret has other points: 6 in place of 2."
        " Your points in the problem itself changed from 1 of 4 to 1 of 8."
    )
    assert lesson.course.desk.news.unread("cai") == []
    assert not lesson.corrections.is_changed(SLUG)


def test_a_student_reads_what_changed_and_no_hidden_value(lesson: Lesson) -> None:
    lesson.replace(HIDDEN, "points: 2", "points: 3\n    expected: 4312.3125")
    lesson.publish(lesson.preview())
    student = lesson.course.as_("ben")
    for path in (f"/p/{SLUG}", f"/p/{SLUG}/changes", f"/p/{SLUG}/changes?since=x", "/a/by-ben-1"):
        reply = student.client.get(path)
        assert reply.status_code == 200
        assert not [secret for secret in SECRETS if secret in reply.text], path
    assert "points" in student.client.get(f"/p/{SLUG}/changes").text


def test_new_cases_are_run_behind_everybody_else_and_before_publishing(lesson: Lesson) -> None:
    submit(lesson.course.as_("cai"), RIGHT, "by-cai-1")  # the same program as Ada's
    runs = lesson.times_run()
    lesson.replace(HIDDEN, "8128.125", "8128.625")
    preview = lesson.preview()
    assert preview.stage is Stage.READY
    assert (preview.run, preview.failed) == (2, [])
    assert lesson.times_run() == runs + 2
    lesson.publish(preview)
    assert (lesson.score("by-ada-1"), lesson.score("by-cai-1")) == ("4/4", "4/4")
    assert lesson.times_run() == runs + 2


def test_what_was_sent_since_the_preview_is_judged_too(lesson: Lesson) -> None:
    lesson.replace(HIDDEN, *POINTS)
    preview = lesson.preview()
    submit(lesson.course.as_("dia"), RIGHT, "by-dia-1")
    assert lesson.score("by-dia-1") == "4/4"
    lesson.publish(preview)
    assert lesson.score("by-dia-1") == "8/8"


def test_what_verify_refuses_cannot_be_published(lesson: Lesson) -> None:
    lesson.replace(HIDDEN, "points: 2", "points: 2\n    expected: 1.0")
    preview = lesson.preview()
    assert preview.stage is Stage.REFUSED
    page = lesson.page()
    assert "This version cannot be published" in page and "not ready" in page
    assert "Publish</button>" not in page
    instructor = lesson.course.as_("rivera")
    reply = instructor.client.post(f"{ADDRESS}/publish", data={"version": preview.version})
    assert reply.status_code == 409
    assert lesson.score("by-ada-1") == "4/4"


def test_files_with_errors_are_told_to_instructors_alone(lesson: Lesson) -> None:
    lesson.replace(HIDDEN, "[8128.125, 496.5]", "[")
    preview = lesson.preview()
    assert preview.stage is Stage.REFUSED
    page = lesson.page()
    assert "solutions/mean-1/cases.yaml:3" in page
    assert "changed, with errors" in lesson.page(path="/class/correction")
    student = lesson.page("ada", f"/p/{SLUG}")
    assert "error" not in student.lower().replace("judge_error", "")


def test_a_correction_that_cannot_be_kept_changes_nothing(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.replace(HIDDEN, *POINTS)
    preview = lesson.preview()

    def fail(*_: object, **__: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as full:
        full.setattr(lesson.course.desk.news, "add", fail)  # the last of all that is written
        instructor = lesson.course.as_("rivera").client
        reply = instructor.post(f"{ADDRESS}/publish", data={"version": preview.version})
        assert reply.status_code == 507
    assert (lesson.score("by-ada-1"), lesson.score("by-ben-1")) == ("4/4", "1/4")
    assert lesson.corrections.is_changed(SLUG)
    lines = lesson.course.as_("cai").stream(f"/p/{SLUG}/submit", source=RIGHT)
    assert lines[-1]["max_points"] == 4
    lesson.publish(preview)
    assert lesson.score("by-ada-1") == "8/8"


def test_a_link_that_cannot_be_made_holds_nothing_up(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.replace(HIDDEN, *POINTS)
    preview = lesson.preview()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(lesson.corrections.published, "link", fail)
        lesson.publish(preview)
    assert lesson.score("by-ada-1") == "8/8"
    lines = lesson.course.as_("cai").stream(f"/p/{SLUG}/submit", source=RIGHT)
    assert lines[-1]["max_points"] == 8
    lesson.replace(HIDDEN, "points: 6", "points: 9")  # follows that version, not the linked one
    lesson.publish(lesson.preview())
    assert lesson.score("by-ada-1") == "11/11"


def test_what_cannot_be_kept_after_publishing_is_no_failure_of_it(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.replace(HIDDEN, *POINTS)
    preview = lesson.preview()

    def fail(*_: object) -> None:
        raise BookError("the disk is full, so nothing was saved")

    monkeypatch.setattr(corrections, "judge_all_again", fail)
    lesson.publish(preview)
    assert lesson.score("by-ada-1") == "8/8"


def test_only_what_was_previewed_is_published(lesson: Lesson) -> None:
    lesson.replace(HIDDEN, *POINTS)
    preview = lesson.preview()
    lesson.replace(HIDDEN, "points: 6", "points: 7")
    lesson.corrections.look_at(SLUG)
    assert "The files have changed again since this preview" in lesson.page()
    other = lesson.course.as_("rivera").client
    assert other.post(f"{ADDRESS}/publish", data={"version": "0" * 64}).status_code == 409
    assert lesson.score("by-ada-1") == "4/4"
    lesson.publish(preview)
    assert lesson.score("by-ada-1") == "8/8"
    assert lesson.corrections.is_changed(SLUG)
    instructor = lesson.course.as_("rivera")
    reply = instructor.client.post(f"{ADDRESS}/publish", data={"version": preview.version})
    assert reply.status_code == 409


@pytest.mark.parametrize("path", ["/class/correction", ADDRESS])
def test_a_student_cannot_know_of_it(lesson: Lesson, path: str) -> None:
    student = lesson.course.as_("ada").client
    unknown = student.get("/class/nothing-of-this-name")
    reply = student.get(path)
    assert (reply.status_code, reply.text) == (404, unknown.text)
    for action in ("preview", "publish"):
        reply = student.post(f"{ADDRESS}/{action}", data={"version": "x"})
        assert reply.status_code == 404
    assert lesson.corrections.preview(SLUG) is None


def test_the_board_leads_there(lesson: Lesson) -> None:
    assert 'href="/class/correction"' in lesson.page(path="/class")
    assert 'href="/class/correction"' not in lesson.page("okafor", "/class")


def test_the_board_shows_the_corrected_case(lesson: Lesson) -> None:
    before, after = "values=[1.0, 2.0, 4.5]", "values=[1.0, 2.0, 9.0]"
    assert before in lesson.page(path="/class")
    lesson.replace(PUBLIC, "4.5]", "9.0]")
    lesson.replace(PUBLIC, "expected: 2.5", "expected: 4.0")
    lesson.replace(PUBLIC, "4.5) / 3", "9) / 3")
    lesson.publish(lesson.preview())
    page = lesson.page(path="/class")
    assert after in page and before not in page


def test_an_assistant_may_not(lesson: Lesson) -> None:
    assistant = lesson.course.as_("okafor").client
    assert assistant.get(ADDRESS).status_code == 403
    assert assistant.post(f"{ADDRESS}/preview").status_code == 403
    reply = assistant.post(f"{ADDRESS}/publish", data={"version": "x"})
    assert reply.status_code == 403


def test_a_problem_outside_of_the_course_is_not_there(lesson: Lesson) -> None:
    instructor = lesson.course.as_("rivera").client
    assert instructor.get("/class/correction/none").status_code == 404
    assert instructor.post("/class/correction/none/preview").status_code == 404


def test_verify_is_offered_where_nothing_has_changed(lesson: Lesson) -> None:
    assert "Verify</button>" in lesson.page()
    assert lesson.preview().stage is Stage.READY
    page = lesson.page()
    assert "The files are the version that students see, and have been verified" in page
    assert "Publish</button>" not in page


def test_files_that_are_read_at_the_start_alone_are_named_if_they_change(lesson: Lesson) -> None:
    address = "/class/correction"
    assert "since the server started" not in lesson.page(path=address)
    lesson.replace("hw1.yaml", "points: 10", "points: 12")
    (lesson.folder / "class.csv").unlink()
    (line,) = [each for each in lesson.page(path=address).splitlines() if "server started" in each]
    assert "hw1.yaml" in line and "class.csv" in line and "hw2.yaml" not in line


def test_a_gradebook_that_was_begun_before_is_to_be_made_again(lesson: Lesson) -> None:
    address, text = (
        "/class/assignments/hw1",
        "The mean was corrected since this gradebook was begun",
    )
    assert text not in lesson.page(path=address)
    (lesson.folder / "hw1").mkdir()
    (lesson.folder / "hw1" / "grades.json").write_text("{}")
    assert text not in lesson.page(path=address)
    lesson.replace(HIDDEN, *POINTS)
    lesson.publish(lesson.preview())
    assert text in lesson.page(path=address)
    assert text not in lesson.page(path="/class/assignments/hw2")


# Starting again ---------------------------------------------------------------------------------


def test_a_restart_serves_what_is_published_and_not_what_is_on_the_disk(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as course:
        lesson = Lesson(course, tmp_path)
        submit(course.as_("ada"), RIGHT, "by-ada-1")
        lesson.replace(HIDDEN, *POINTS)
        lesson.publish(lesson.preview())
        lesson.replace(HIDDEN, "points: 6", "points: 9")
        lesson.replace(PUBLIC, "cases:", "cases: [")
    with classroom_site(tmp_path) as course:
        lines = course.as_("ben").stream(f"/p/{SLUG}/submit", source=RIGHT)
        assert lines[-1]["max_points"] == 8
        assert Lesson(course, tmp_path).corrections.is_changed(SLUG)


def test_a_crash_between_publishing_and_judging_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This server goes on, unlike one that crashes, and must not judge by the old version again.
    monkeypatch.setattr("grader.site.app._WARM_AFTER_S", 1e6)
    with classroom_site(tmp_path) as course:
        lesson = Lesson(course, tmp_path)
        submit(course.as_("ada"), RIGHT, "by-ada-1")
        lesson.replace(HIDDEN, *POINTS)
        preview = lesson.preview()
        submit(course.as_("ben"), SUM, "by-ben-1")  # since the preview

        def crash(*_: object) -> None:
            raise KeyError("the end")

        with monkeypatch.context() as crashing:
            crashing.setattr(course.desk.versions, "adopt", crash)
            instructor = course.as_("rivera").client
            reply = instructor.post(f"{ADDRESS}/publish", data={"version": preview.version})
            assert reply.status_code == 500
            # The book has the new version, and the judges do not know it yet.
            judged = course.desk.judges.outcome(attempt_of(course, "by-ada-1"))
            assert judged is not None and judged.max_score == 8
    with classroom_site(tmp_path) as course:
        lesson = Lesson(course, tmp_path)
        assert course.desk.problem(SLUG).slug == SLUG
        assert lesson.score("by-ada-1") == "8/8"
        look_for_outdated(course.desk)  # which the server does a moment after its start
        until(lambda: lesson.score("by-ben-1") == "1/8")
        text = lesson.page("ben", f"/p/{SLUG}")
        assert "the hidden case secret has other points" in text


def test_a_damaged_version_is_restored_from_the_book(tmp_path: Path) -> None:
    with classroom_site(tmp_path):
        pass
    (version,) = (tmp_path / "book" / "published" / "versions" / SLUG).iterdir()
    (version / "problems" / SLUG / "spec.md").write_text("half")
    with classroom_site(tmp_path) as course:
        assert course.desk.problem(SLUG).title == "The mean"
    shutil.rmtree(tmp_path / "book" / "published")  # as where only the book was in a backup
    text = (tmp_path / PUBLIC).read_text()
    (tmp_path / PUBLIC).write_text(text + "# other\n")
    with classroom_site(tmp_path) as course:
        assert course.desk.problem(SLUG).title == "The mean"
        course.book.write(lambda book: book.execute("UPDATE published SET files = X'00'")).result()
    shutil.rmtree(tmp_path / "book" / "published")
    with (
        pytest.raises(UsageError, match="restore both from a backup"),
        classroom_site(tmp_path),
    ):
        pass


def test_versions_that_were_only_previewed_are_removed(tmp_path: Path) -> None:
    versions = tmp_path / "book" / "published" / "versions" / SLUG
    with classroom_site(tmp_path) as course:
        lesson = Lesson(course, tmp_path)
        for old, new in (("points: 2", "points: 6"), ("points: 6", "points: 7")):
            lesson.replace(HIDDEN, old, new)
            preview = lesson.preview()
        lesson.publish(preview)
        assert len(list(versions.iterdir())) == 3
    with classroom_site(tmp_path):
        assert len(list(versions.iterdir())) == 2


def test_a_pipe_in_place_of_a_file_blocks_nobody(lesson: Lesson) -> None:
    (lesson.folder / HIDDEN).unlink()
    os.mkfifo(lesson.folder / HIDDEN)
    preview = lesson.preview()
    assert preview.stage is Stage.REFUSED and "expected a file" in preview.error
    assert lesson.course.as_("ada").client.get(f"/p/{SLUG}").status_code == 200


def test_what_is_published_is_for_its_owner_alone(tmp_path: Path) -> None:
    with classroom_site(tmp_path):
        folder = tmp_path / "book" / "published"
        assert {path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))} == {0}


# Exams ------------------------------------------------------------------------------------------


def test_a_correction_in_an_exam_tells_no_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    clock.at = START + timedelta(minutes=10)
    with classroom_site(tmp_path, {"hw1": EXAM, "hw2": TWO}) as course:
        lesson = Lesson(course, tmp_path)
        course.as_("ben").stream(f"/p/{SLUG}/submit", source=SUM, id="by-ben-1")
        until(lambda: attempt_of(course, "by-ben-1").outcome is not None)
        lesson.replace(HIDDEN, *POINTS)
        lesson.publish(lesson.preview())
        assert lesson.score("by-ben-1") == "1/8"
        (told,) = course.desk.news.unread("ben")
        assert "itself changed" not in told.text
        for path in (f"/p/{SLUG}", f"/p/{SLUG}/changes", "/a/by-ben-1"):
            text = lesson.page("ben", path)
            assert "itself changed" not in text.lower() and "from 1 of 4" not in text
        rules = course.desk.rules
        assert rules is not None
        rules.decisions.release("hw1", "rivera").result()
        assert "Your points in the problem itself changed from 1 of 4 to 1 of 8" in lesson.page(
            "ben", f"/p/{SLUG}"
        )
