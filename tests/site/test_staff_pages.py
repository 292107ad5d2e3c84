"""The navigation of the pages for those who teach."""

from __future__ import annotations

import re
from pathlib import Path

from tests._support.site import classroom_site

PAGES = {
    "/class": "Board",
    "/class/note?to=all": "Board",
    "/class/ada/mean-1": "Board",
    "/class/people": "People",
    "/class/assignments": "Assignments",
    "/class/assignments/hw1": "Assignments",
    "/class/correction": "Corrections",
    "/class/correction/mean-1": "Corrections",
}


def test_each_page_leads_to_the_others(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as room:
        for person, left_out in {"rivera": "", "okafor": "Corrections"}.items():
            client = room.as_(person).client
            titles = [each for each in dict.fromkeys(PAGES.values()) if each != left_out]
            for path, here in PAGES.items():
                if here == left_out:
                    continue
                header = re.search(r"<header.*?</header>", client.get(path).text, re.DOTALL)
                assert header is not None, path
                links = re.findall(r'href="/class[^"]*"( aria-current)?[^>]*>(\w+)<', header[0])
                assert [title for _, title in links] == titles, path
                assert [title for current, title in links if current] == [here], path
