"""The page that says what is kept of the person who asks."""

from __future__ import annotations

from pathlib import Path

from tests._support.site import RIGHT, SUM, classroom_site, site


def test_alone_it_counts_what_was_written(tmp_path: Path) -> None:
    with site(tmp_path) as page:
        page.stream("/p/mean/run", source=SUM)
        page.stream("/p/mean/submit", source=RIGHT)
        page.save("x", 0)
        text = page.client.get("/me").text
        assert "1 problem with a draft" in text and "1 run<" in text and "1 submission<" in text
        assert "remove the folder" in text and "browser signed in" not in text
        page.client.cookies.clear()
        assert page.client.get("/me").status_code == 401


def test_in_a_course_it_is_about_nobody_else(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as course:
        ada = course.as_("ada")
        ada.save("written by ada", 0, "mean-1")
        course.as_("ada")
        text = ada.client.get("/me").text
        assert "Ada Lovelace" in text and "2 browsers signed in" in text
        assert "grader book forget ada" in text and "1 problem with a draft" in text
        other = course.as_("ben").client.get("/me").text
        assert "Ada" not in other and "0 problems with a draft" in other
        assert "1 browser signed in" in other and "section A" in other
        assert "instructor" in course.as_("rivera").client.get("/me").text
        assert ada.client.get("/").text.count('href="/me"') == 1
