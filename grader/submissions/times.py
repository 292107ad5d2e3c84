"""Times of submission as other systems write them, in names of files, lists and tables.

A time without a zone is in the zone of the assignment. Where daylight saving ends, the clock shows
an hour twice; the earlier one is taken, in favour of the student. A time that cannot be read is an
error of the class and stops before anything is run, because work might count as on time or as late
without anyone having decided it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, tzinfo

from grader.errors import UsageError
from grader.submissions.filenames import label

_MAX_TIME = 100  # characters of a time
_EXAMPLE = "2026-11-30 23:59:00"
# The first three letters of the months, without accents; more where three are not enough.
_MONTHS = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "de": "jan feb marz apr mai juni juli aug sep okt nov dez",
    "fr": "janv fev mars avr mai juin juil aout sept oct nov dec",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "jan feb maart apr mei jun jul aug sep okt nov dec",
    "pl": "stycz lut mar kwie maj czerw lip sierp wrze paz list grud",
}
_MONTH_OF = {
    name: number for names in _MONTHS.values() for number, name in enumerate(names.split(), 1)
}
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+|[^\w\s]")
_OFFSET = re.compile(r"[+-][0-9]{2}:?[0-9]{2}\Z")


def read_time(written: object, zone: tzinfo, where: str) -> datetime | None:
    """Return a time with its zone; None if nothing is written.

    Args:
        zone: of a time that names none
        where: what the time belongs to, for the message

    Raises:
        UsageError: if it cannot be read
    """
    if written is None or (isinstance(written, str) and written.strip() in ("", "-")):
        return None
    when: datetime | None = None
    if isinstance(written, datetime):
        when = written
    elif isinstance(written, date):
        when = datetime(written.year, written.month, written.day)
    elif isinstance(written, str) and len(written) <= _MAX_TIME:
        when = parse_time(written.strip())
    if when is None:
        raise UsageError(
            f"the time {label(str(written)[:_MAX_TIME])!r} of {label(where)} cannot be read;"
            f" expected a time such as {_EXAMPLE}"
        )
    return when if when.tzinfo else when.replace(tzinfo=zone)


def parse_time(text: str) -> datetime | None:
    """Return the time in a text, without a zone if it names none; None if it cannot be read."""
    for zone in ("UTC", "GMT", "Z"):
        if text.endswith(zone):
            text = text.removesuffix(zone).rstrip() + "+00:00"
    offset = _OFFSET.search(text)
    before = text[: offset.start()].rstrip() if offset else text
    try:
        if offset and ":" in before:  # the end of 2026-11-30-2359 is not a zone
            zone_only = datetime.fromisoformat(f"2000-01-01T00:00{offset[0]}").tzinfo
            when = _clock(before)
            return when and when.replace(tzinfo=zone_only)
        return _clock(text)
    except (ValueError, OverflowError):
        return None


def _clock(text: str) -> datetime | None:
    return _iso(text) or _digits(text) or _words(text)


def _iso(text: str) -> datetime | None:
    if not (text[:4].isdecimal() and text[4:5] == "-"):
        return None  # 20261130 and the like are read below
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _digits(text: str) -> datetime | None:
    """Read times as in names of files: 2024-01-31_23-59-00, 20240131T235900 or 31.1.2024 23:59."""
    if any(char.isalpha() and char not in "Tt年月日時时分秒" for char in _without_words(text)):
        return None
    found = re.findall("[0-9]+", text)
    lengths = [len(each) for each in found]
    if lengths and lengths[0] in (12, 14) and len(found) == 1:
        found = [found[0][:8], found[0][8:]]
    if found and len(found[0]) == 8:
        day = found.pop(0)
        found = [day[:4], day[4:6], day[6:], *found]
    if len(found) == 4 and len(found[3]) in (4, 6):
        clock = found.pop()
        found += [clock[at : at + 2] for at in range(0, len(clock), 2)]
    if re.match(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}\b", text):
        found[:3] = found[2::-1]
    if len(found) not in (3, 5, 6, 7) or len(found[0]) != 4:
        return None
    if any(len(each) > 2 for each in found[1:6]):
        return None
    year, month, day, hour, minute, second = map(int, (*found, 0, 0, 0)[:6])
    return _with_half(datetime(year, month, day, hour, minute, second), text)


def _without_words(text: str) -> str:
    """Return the text without the half of the day and without the day of the week."""
    text = re.sub(r"([0-9 ])[ap]\.?m\b\.?", r"\1", text, flags=re.I)
    return re.sub(r"(?:星期|周)[一二三四五六日天]|\([月火水木金土日](?:曜日)?\)", "", text)


def _words(text: str) -> datetime | None:
    """Read times with the name of a month: "Monday, 30 November 2026, 11:10 PM"."""
    month = 0
    year = day = 0
    clock: list[int] = []
    parts = _PARTS.findall(text)
    for at, part in enumerate(parts):
        before = parts[at - 1] if at else ""
        behind = parts[at + 1] if at + 1 < len(parts) else ""
        if part.isdecimal():
            if ":" in (before, behind) or (clock and before in (":", "h")):
                clock.append(int(part))
            elif len(part) == 4 and not year:
                year = int(part)
            elif len(part) <= 2 and not day:
                day = int(part)
            elif len(part) in (3, 4) and not clock:  # "1130 PM", as Brightspace writes it
                clock = [int(part[:-2]), int(part[-2:])]
            else:
                return None
        elif found := _month(part):
            # A day of the week may begin like a month, and comes first: "mar. 3 nov. 2026".
            month = found
        elif len(part) > 2 and part.isupper():  # PST, CET: a zone that may mean several
            return None
    if not (month and day and year and 2 <= len(clock) <= 3):
        return None
    hour, minute, second = (*clock, 0)[:3]
    return _with_half(datetime(year, month, day, hour, minute, second), text)


def _month(word: str) -> int:
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", word.casefold()) if char.isalpha()
    )
    for length in range(len(plain), 2, -1):
        if plain[:length] in _MONTH_OF:
            return _MONTH_OF[plain[:length]]
    return 0


def _with_half(when: datetime, text: str) -> datetime | None:
    """Return the time with its half of the day, if the text names one."""
    letters = re.sub(r"[^a-z]", " ", text.casefold().replace(".", "")).split()
    half = [word for word in letters if word in ("am", "pm")]
    if not half:
        return when
    if not 1 <= when.hour <= 12:
        return None
    return when.replace(hour=when.hour % 12 + 12 * (half[-1] == "pm"))


def in_utc(when: datetime) -> datetime:
    """Return the time in UTC, in which times can be compared and subtracted.

    Within one zone Python compares and subtracts clocks, which jump with daylight saving.
    """
    return when.astimezone(UTC)
