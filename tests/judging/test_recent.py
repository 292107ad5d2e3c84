"""What a `Recent` remembers, and what it forgets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from grader.judging.recent import Recent


def test_the_oldest_is_forgotten() -> None:
    recent = Recent[str, int](2)
    for number, key in enumerate("abac"):
        recent.put(key, number)
    assert [recent.get(key) for key in "abc"] == [None, 1, 3]


def test_a_known_key_keeps_its_value() -> None:
    recent = Recent[str, int](2)
    recent.put("a", 1)
    recent.put("a", 2)
    assert recent.get("a") == 1


def test_several_threads_put_at_once() -> None:
    recent = Recent[int, int](10)

    def put(first: int) -> None:
        for number in range(first, first + 20_000):
            recent.put(number, number)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(put, 100_000 * each) for each in range(4)]:
            done.result()
    last = [100_000 * each + 19_999 for each in range(4)]
    assert any(recent.get(key) == key for key in last)
