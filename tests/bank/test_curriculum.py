"""The order in which to solve the problems of a bank, and faults in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from grader.bank.curriculum import find_faults, in_order, next_problems
from grader.bank.locate import Heading, heading
from grader.cli import cli
from tests._support.bank import BANK


def _bank(*lines: str) -> list[Heading]:
    """Return headings of lines like "gae medium: whitening, rloo"."""
    found = []
    for line in lines:
        about, _, after = line.partition(":")
        slug, difficulty = about.split()
        names = tuple(each.strip() for each in after.split(",") if each.strip())
        found.append(Heading(slug, slug.upper(), difficulty, "RL", slug, names))
    return found


ORDERS = {
    "easy ones first": (("b hard", "c easy", "a medium"), "c a b"),
    "by name within a difficulty": (("b easy", "a easy"), "a b"),
    "after its prerequisites": (("a easy: z", "z hard"), "z a"),
    "a chain": (("a easy: b", "b easy: c", "c hard", "d medium"), "d c b a"),
    "a prerequisite that does not exist": (("a easy: x", "b easy"), "a b"),
    "a circle comes last": (("a easy: b", "b easy: a", "c hard", "d easy: a"), "c a b d"),
}


@pytest.mark.parametrize("lines, slugs", ORDERS.values(), ids=ORDERS)
def test_problems_come_after_their_prerequisites(lines: tuple[str, ...], slugs: str) -> None:
    assert [each.slug for each in in_order(_bank(*lines))] == slugs.split()


FAULTS = {
    "none": (("a easy: b", "b easy"), []),
    "no such problem": (("a easy: x",), ["a comes after x, which this bank does not have"]),
    "itself": (
        ("a easy: a",),
        ["these problems come after each other in a circle: a -> a"],
    ),
    "three in a circle": (
        ("d easy: c", "a easy: c", "b easy: a", "c easy: b, e", "e easy"),
        ["these problems come after each other in a circle: a -> c -> b -> a"],
    ),
}


@pytest.mark.parametrize("lines, faults", FAULTS.values(), ids=FAULTS)
def test_faulty_prerequisites_are_reported(lines: tuple[str, ...], faults: list[str]) -> None:
    assert list(find_faults(_bank(*lines))) == faults


def test_the_categories_of_a_difficulty_are_kept_together() -> None:
    bank = [
        Heading(slug, "", "easy", category, slug)
        for slug, category in (("a", "X"), ("b", "Y"), ("c", "X"))
    ]
    assert [each.slug for each in in_order(bank)] == ["a", "c", "b"]


def test_next_problems_have_all_their_prerequisites() -> None:
    bank = _bank("a easy", "b medium: a", "c hard: a, b", "d medium")
    assert [each.slug for each in next_problems(bank, {"a"})] == ["b", "d"]


LISTS = {
    "on one line": ("after: [gae, grpo]\ntags: [KL, value function]", ("gae", "grpo")),
    "of several lines": ("after:\n  - gae\n  - grpo\ntags: [KL, value function]", ("gae", "grpo")),
    "quoted": ('after: ["gae", grpo]\ntags: [KL, value function]', ("gae", "grpo")),
    "empty": ("after: []\ntags: [KL, value function]", ()),
    "none": ("tags: [KL, value function]", ()),
}
TITLES = (
    "Unbiased pass@k",
    "A/B + C",
    "'quoted'",
    '"GRPO: it"',
    "a - b",
    "it's (so-called), then; x",
)


@pytest.mark.parametrize("lines, after", LISTS.values(), ids=LISTS)
def test_a_heading_has_its_lists(lines: str, after: tuple[str, ...], tmp_path: Path) -> None:
    front = f"title: T\ndifficulty: easy\ncategory: RL\nfunction: f\n{lines}\n"
    (tmp_path / "spec.md").write_text(f"---\n{front}---\nText\n")
    found = heading(str(tmp_path), "f")
    assert (found.after, found.tags) == (after, ("KL", "value function"))


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_read_as_yaml_reads_it(title: str, tmp_path: Path) -> None:
    front = f"title: {title}\ndifficulty: easy\ncategory: RL\nfunction: f\n"
    (tmp_path / "spec.md").write_text(f"---\n{front}---\nText\n")
    assert heading(str(tmp_path), "f").title == yaml.safe_load(front)["title"]


def test_this_bank_is_listed_without_a_yaml_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.bank.load.read_spec", lambda folder: pytest.fail(folder))
    assert len(BANK.headings()) == len(BANK.slugs())


def test_this_bank_has_an_order() -> None:
    assert list(find_faults(BANK.headings())) == []


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    for name, lines in {
        "gae": "difficulty: easy\ncategory: RL\nfunction: gae\ntags: [advantages]",
        "clip": "difficulty: hard\ncategory: RL\nfunction: ppo\ntags: [clipping]\nafter: [gae]",
        "dpo": "difficulty: easy\ncategory: Preferences\nfunction: dpo\nafter: [gae]",
    }.items():
        (tmp_path / "problems" / name).mkdir(parents=True)
        spec = f"---\ntitle: Problem {name}\n{lines}\n---\nText\n"
        (tmp_path / "problems" / name / "spec.md").write_text(spec)
    return tmp_path


FILTERS = {
    "all": ("", ["gae", "dpo", "clip"]),
    "category": ("--category preferences", ["dpo"]),
    "difficulty": ("--difficulty easy", ["gae", "dpo"]),
    "tag": ("--tag Clipping", ["clip"]),
    "words in any field": ("--search rl --search 'PPO hard'", []),
    "words anywhere": ("--search 'ppo problem'", ["clip"]),
    "several": ("--difficulty easy --category RL", ["gae"]),
    "none": ("--tag KL", []),
}


@pytest.mark.parametrize("words, slugs", FILTERS.values(), ids=FILTERS)
def test_list_is_filtered(words: str, slugs: list[str], bank: Path) -> None:
    done = CliRunner().invoke(cli, f"list --bank {bank} {words}")
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == slugs
    if not slugs:
        assert "no problem matches; choose from the categories: Preferences, RL; " in (done.stderr)
