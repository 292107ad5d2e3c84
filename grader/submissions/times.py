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
# Letters with which the names of months begin, without accents: three, or more where three are not
# enough. What follows them must be part of one of `_NAMES`.
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
# Whole names of each month, without accents, and their genitives: those of the languages above, and
# of others that have almost the same names. A word that only begins like one of them may be another
# month, as "marraskuuta" is November in Finnish, or a day, as "pazar" is Sunday in Turkish.
_NAMES = tuple(
    names.split()
    for names in (
        "january januar januari januarie januara janner janvier enero gennaio janeiro gener"
        " janvaris janar jannar styczen stycznia",
        "february februar februari februarie februara feber fevrier febrero febbraio fevereiro"
        " febrer febreiro februaris fevral luty lutego",
        "march marz mars marzo marco maart marts mart martie marec marca marcius maret marso marzu"
        " marzec",
        "april avril abril aprile aprilie aprill aprilis aprila aprili aprel kwiecien kwietnia",
        "may mai mayo maggio maio mei maj maja maig maijs majus mayıs",
        "june juni juin junio giugno junho juny junij junijs junius junie juna czerwiec czerwca",
        "july juli juillet julio luglio julho juliol julij julijs julius julie jula julai lipiec"
        " lipca",
        "august aout agosto augustus augusti augusta agost agosti augusts augusztus sierpien"
        " sierpnia",
        "september septembre septiembre setiembre settembre setembro setembre septembrie septembris"
        " septembra septembar septemba setyembre settembru wrzesien wrzesnia",
        "october oktober octobre octubre ottobre outubro octombrie oktobris oktobra oktobar"
        " oktoober oktoba oktubre oktyabr ottubru pazdziernik pazdziernika",
        "november novembre noviembre novembro novembris novembra novembar novemba novembru"
        " listopad listopada listopadu",
        "december dezember decembre diciembre dicembre dezembro decembro decembrie decembris"
        " decembra decembar grudzien grudnia",
    )
)
# In Croatian, "listopad" is October and "lip" June. A day of the week shows that the language is
# Polish or Czech, in which they are November and July.
_CROATIAN = re.compile("list.*|lip")
_DAYS = (
    *("poniedziałek", "wtorek", "sroda", "czwartek", "piatek", "sobota", "niedziela"),
    *("wt", "sr", "czw", "sob", "niedz"),
    *("pondeli", "utery", "streda", "ctvrtek", "patek", "nedele"),
)
# Tuesday in French, Spanish and Italian, which begins like a month; "mar" may be either.
_DAY_OR_MONTH = "mar"
_DAYS_LIKE_MONTHS = ("mardi", "martes", "martedi", "marti")
_IN_DATES = ("de", "del", "d", "of", "st", "nd", "rd", "th", "er", "o")  # between day and year
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+|[^\w\s]")
_HALF = re.compile(r"(^|[\W\d_])([ap])\.?\s?m(?![^\W\d_])\.?", re.I)  # pm, p.m., p. m.
_UTC = re.compile(r"(?:^|[\W\d_])(UTC|GMT|Z)\Z")  # not the end of MEZ
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
        found = f"{label(where)}: the time {label(str(written)[:_MAX_TIME])!r} cannot be read"
        raise UsageError(f"{found}; expected a time such as {_EXAMPLE}")
    return when if when.tzinfo else when.replace(tzinfo=zone)


def parse_time(text: str) -> datetime | None:
    """Return the time in a text, without a zone if it names none; None if it cannot be read."""
    text = _HALF.sub(r"\1\2m", text)
    if utc := _UTC.search(text):
        text = text[: utc.start(1)].rstrip() + "+00:00"
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
    half = re.findall("[ap]m", text.casefold())[-1:]
    return _with_half(datetime(year, month, day, hour, minute, second), *half)


def _without_words(text: str) -> str:
    """Return the text without the half of the day and without the day of the week."""
    text = re.sub(r"([0-9 ])[ap]m\b", r"\1", text, flags=re.I)
    return re.sub(r"(?:星期|周)[一二三四五六日天]|\([月火水木金土日](?:曜日)?\)", "", text)


def _words(text: str) -> datetime | None:
    """Read times with the name of a month: "Monday, 30 November 2026, 11:10 PM"."""
    months: set[int] = set()
    perhaps_days: set[int] = set()  # months whose names may be those of a day of the week
    year = day = 0
    clock: list[int] = []
    clock_end = -1
    half = ""
    parts = _PARTS.findall(text)
    may_be_croatian = set(map(_plain, parts)).isdisjoint(_DAYS)
    for at, part in enumerate(parts):
        before = parts[at - 1] if at else ""
        behind = parts[at + 1] if at + 1 < len(parts) else ""
        if part.isdecimal():
            if ":" in (before, behind) or (clock and before in (":", "h")):
                clock.append(int(part))
                clock_end = at + 1
            elif len(part) == 4 and not year:
                year = int(part)
            elif len(part) <= 2 and not day:
                day = int(part)
            elif len(part) in (3, 4) and not clock:  # "1130 PM", as Brightspace writes it
                clock = [int(part[:-2]), int(part[-2:])]
                clock_end = at + 1
            else:
                return None
        elif (word := part.casefold()) in ("am", "pm"):
            then = parts[at + 2 : at + 3] if behind.isdecimal() else []
            if at == clock_end and not (word == "am" and then == ["."]):
                half = word
            elif word == "pm" or then == [":"]:
                return None
            # Otherwise it is German: "am 30. November".
        elif found := _month(part):
            if may_be_croatian and _CROATIAN.fullmatch(_plain(part)):
                return None
            is_whole = bool(day and year)
            if months and is_whole:
                continue  # what follows the date is not part of it: "30 nov. 2026 (mar.)"
            is_day = _plain(part) == _DAY_OR_MONTH
            # It comes before the month and the rest of the date: "mar. 3 nov. 2026".
            if (is_day and months - {found}) or (is_whole and perhaps_days - {found}):
                return None
            (perhaps_days if is_day else months).add(found)
        elif part.isupper() and len(part) > (1 if clock else 2):
            return None  # PST, CET, ET: a zone that may mean several
        elif part.isalpha() and bool(day) != bool(year) and _plain(part) not in _IN_DATES:
            return None  # it may be the month, in another language
    months = months or perhaps_days
    if not (len(months) == 1 and day and year and 2 <= len(clock) <= 3):
        return None
    hour, minute, second = (*clock, 0)[:3]
    return _with_half(datetime(year, months.pop(), day, hour, minute, second), half)


def _plain(word: str) -> str:
    """Return the letters of a word, in lower case and without accents."""
    return "".join(
        char for char in unicodedata.normalize("NFKD", word.casefold()) if char.isalpha()
    )


def _month(word: str) -> int:
    """Return the number of the month of which a word is the name or its beginning; else 0."""
    plain = _plain(word)
    if plain in _DAYS_LIKE_MONTHS:
        return 0
    for length in range(len(plain), 2, -1):
        if number := _MONTH_OF.get(plain[:length], 0):
            is_name = any(name.startswith(plain) for name in _NAMES[number - 1])
            return number if is_name else 0
    return 0


def _with_half(when: datetime, half: str = "") -> datetime | None:
    """Return the time in a half of the day, which is am, pm or not known."""
    if not half:
        return when
    if not 1 <= when.hour <= 12:
        return None
    return when.replace(hour=when.hour % 12 + 12 * (half == "pm"))


def in_utc(when: datetime) -> datetime:
    """Return the time in UTC, in which times can be compared and subtracted.

    Within one zone Python compares and subtracts clocks, which jump with daylight saving.
    """
    return when.astimezone(UTC)
