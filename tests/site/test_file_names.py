"""The files of a gradebook are handed out whatever the file of its assignment is called."""

from __future__ import annotations

from pathlib import Path

from tests._support.bank import copies
from tests._support.site import COURSE, ROSTER, WORKS, classroom_site


def test_an_assignment_may_have_any_name(tmp_path: Path) -> None:
    name = '作业 "1"'
    copies(tmp_path, 3)
    course = COURSE.replace("hw1.yaml", f"'{name}.yaml'")
    (tmp_path / "course.yaml").write_text(course, "utf-8")
    (tmp_path / "class.csv").write_text(ROSTER, "utf-8")
    (tmp_path / f"{name}.yaml").write_text(WORKS["hw1"], "utf-8")
    (tmp_path / "hw2.yaml").write_text(WORKS["hw2"], "utf-8")
    with classroom_site(tmp_path) as room:
        assert room.desk.gradebooks is not None
        out = room.desk.gradebooks.out(name)
        out.mkdir()
        (out / "grades.csv").write_text("id\n", "utf-8")
        rivera = room.as_("rivera").client
        reply = rivera.get(f"/class/assignments/{name}/files/grades.csv")
        assert reply.status_code == 200
        encoded = "%E4%BD%9C%E4%B8%9A%20%221%22-grades.csv"
        assert reply.headers["content-disposition"] == f"attachment; filename*=UTF-8''{encoded}"
