"""Times are read as other systems write them, and what cannot be read is never taken for a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submissions.times import in_utc, parse_time, read_time

EVENING = datetime(2026, 11, 30, 23, 10)
BERLIN = ZoneInfo("Europe/Berlin")
WRITTEN = {
    "2026-11-30 23:10": EVENING,
    "2026-11-30T23:10:00Z": EVENING.replace(tzinfo=UTC),
    "2026-11-30 23:10:00 UTC": EVENING.replace(tzinfo=UTC),
    "2026-11-30 23:10:00.000000 Z": EVENING.replace(tzinfo=UTC),
    "2026-11-30 23:10:00 -0800": EVENING.replace(tzinfo=timezone(timedelta(hours=-8))),
    "2026-11-30 11:10 PM": EVENING,
    "2026-11-30 11:10PM": EVENING,
    "2026-11-30-23-10-00": EVENING,
    "2026-11-30_23-10-00": EVENING,
    "2026-11-30-2310": EVENING,
    "20261130T231000": EVENING,
    "202611302310": EVENING,
    "20261130": datetime(2026, 11, 30),
    "2024-1-2 13:04:05": datetime(2024, 1, 2, 13, 4, 5),
    "30.11.2026 23:10": EVENING,
    "Nov 30, 2026 1110 PM": EVENING,
    "Nov 30, 2026 11:10 PM": EVENING,
    "Nov 30, 2026 12:05 AM": datetime(2026, 11, 30, 0, 5),
    "Sep 3, 2021 103 AM": datetime(2021, 9, 3, 1, 3),
    "Mon, 30 Nov 2026 23:10:00 +0100": EVENING.replace(tzinfo=timezone(timedelta(hours=1))),
    "Monday, 30 November 2026, 11:10 PM": EVENING,
    "Montag, 30. November 2026, 23:10": EVENING,
    "Donnerstag, 5. März 2026, 09:05": datetime(2026, 3, 5, 9, 5),
    "lundi 30 novembre 2026, 23:10": EVENING,
    "mar. 3 nov. 2026, 09:05": datetime(2026, 11, 3, 9, 5),
    "samedi 1 août 2026, 09:05": datetime(2026, 8, 1, 9, 5),
    "lunes, 30 de noviembre de 2026, 23:10": EVENING,
    "lunedì, 30 novembre 2026, 23:10": EVENING,
    "segunda-feira, 30 de novembro de 2026 às 23:10": EVENING,
    "maandag, 30 november 2026, 23:10": EVENING,
    "poniedziałek, 30 listopad 2026, 23:10": EVENING,
    "czwartek, 1 października 2026, 23:10": datetime(2026, 10, 1, 23, 10),
    "mardi 3 mars 2026, 09:05": datetime(2026, 3, 3, 9, 5),
    "martedì, 3 marzo 2026, 09:05": datetime(2026, 3, 3, 9, 5),
    "Mar 3, 2026 905 AM": datetime(2026, 3, 3, 9, 5),
    "30 nov. 2026 (mar.) 23:10": EVENING,
    "niedziela, 8 listopada 2026, 23:10": datetime(2026, 11, 8, 23, 10),
    "neděle, 8. listopadu 2026, 23:10": datetime(2026, 11, 8, 23, 10),
    "wt., 14 lip 2026, 23:10": datetime(2026, 7, 14, 23, 10),
    "1 września 2026, 23:10": datetime(2026, 9, 1, 23, 10),
    "lördag 1 augusti 2026, 09:05": datetime(2026, 8, 1, 9, 5),
    "dimarts, 3 de març de 2026, 09:05": datetime(2026, 3, 3, 9, 5),
    "3. Jänner 2026, 09:05": datetime(2026, 1, 3, 9, 5),
    "3 Mart 2026 Salı, 09:05": datetime(2026, 3, 3, 9, 5),
    "3 Mayıs 2026, 09:05": datetime(2026, 5, 3, 9, 5),
    "2026. november 30., hétfő, 23:10": EVENING,
    "3rd of May 2026, 9:05": datetime(2026, 5, 3, 9, 5),
    "1er août 2026, 9:05": datetime(2026, 8, 1, 9, 5),
    "3 May 2026, 9:00 PM, Marked late": datetime(2026, 5, 3, 21),
    "30 Nov 2026, 23:10 Uhr von Marie": EVENING,
    "am 30. November 2026, 12:30": datetime(2026, 11, 30, 12, 30),
    "am Montag, 30. November 2026, 23:10": EVENING,
    "12:30 am 30. November 2026": datetime(2026, 11, 30, 12, 30),
    "12:30 am Nov. 30, 2026": datetime(2026, 11, 30, 0, 30),
    "23:10 Uhr am 30. November 2026": EVENING,
    "30 de noviembre de 2026, 11:10 p. m.": EVENING,
    "30 DE NOVIEMBRE DE 2026, 11:10 P.M.": EVENING,
    "2026-11-30 11:10 p.m.": EVENING,
    "November 30, 2026 at 11:10 PM GMT": EVENING.replace(tzinfo=UTC),
    "2026年 11月 30日(月曜日) 23:10": EVENING,
    "2026年11月30日 星期一 23:10": EVENING,
}


@pytest.mark.parametrize("text, expected", WRITTEN.items(), ids=WRITTEN)
def test_time_is_read(text: str, expected: datetime) -> None:
    assert parse_time(text) == expected


UNREADABLE = [
    *("whenever", "30/11/2026 23:59", "11/12/2026", "1764545400", "2026-13-01", "20231131"),
    *("Nov 30, 2026 11:30 PM PST", "30 November", "November 2026 23:10", "2026-11-30 25:00"),
    *("2026-11-30 13:00 PM", "x" * 101, "9" * 50),
    # A zone that may mean several, or that is not known.
    *("Nov 30, 2026 11:59 PM ET", "Nov 30, 2026 23:59 (PT)", "2026-11-30 23:59 ET"),
    *("30. November 2026, 23:59 MEZ", "30 Nov 2026 23:59 NZ"),
    # Two months, and a half of the day that is not that of the clock.
    *("Set late: 3 Mar 2026 21:00", "3 mar. 2026 21:00, Set late", "30 Nov by Jan 2026 21:00"),
    *("Nov 30, 2026 PM 11:10", "30 November 2026, AM 11:10"),
    # Finnish November; Croatian October and June, the first of which is November in Polish; days of
    # the week in Turkish, Romanian, Irish and Albanian.
    *("sunnuntai, 8. marraskuuta 2026, 23:10", "8. marrask. 2026, 23:10"),
    *("nedjelja, 8. listopada 2026, 23:10", "8 listopada 2026, 23:10", "8. lis. 2026, 23:10"),
    *("nedjelja, 14. lipanj 2026, 23:10", "14. lipnja 2026, 23:10", "ned, 14. lip 2026, 23:10"),
    *("8 Kasım 2026, Pazar, 23:10", "Pazartesi, 9 Kasım 2026, 23:10", "8 Kas 2026 Paz, 23:10"),
    *("Paz 8 Kas 2026, 23:10", "marţi, 3 noiembrie 2026, 23:10", "mar., 3 noi. 2026, 23:10"),
    *("Dé Máirt, 3 Samhain 2026, 23:10", "e marte, 3 nëntor 2026, 23:10"),
    *("mardi, 3 marraskuuta 2026, 23:10", "3 Meitheamh 2026, 23:10"),
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_not_certainly_a_time_stops_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"a\.py: the time .* cannot be read; expected a"):
        read_time(text, UTC, "a.py")


@pytest.mark.parametrize("text", [None, "", "-", " "])
def test_no_time_is_not_an_error(text: str | None) -> None:
    assert read_time(text, UTC, "a.py") is None


def test_zone_of_the_assignment_is_that_of_times_without_one() -> None:
    assert read_time("2026-11-30 23:30", BERLIN, "") == datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    assert read_time("2026-11-30 23:30Z", BERLIN, "") == datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert read_time(date(2026, 7, 1), BERLIN, "") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    # Of the hour that clocks show twice, the earlier one.
    twice = read_time("2026-10-25 02:30", BERLIN, "")
    assert twice and in_utc(twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda t: t.replace(microsecond=0))
)
def test_times_of_systems_are_read_as_they_were_written(when: datetime) -> None:
    minute = when.replace(second=0)
    twelve = f"{when.hour % 12 or 12}{when:%M} {'PM' if when.hour >= 12 else 'AM'}"
    assert parse_time(when.isoformat(" ")) == when
    assert parse_time(f"{when:%Y-%m-%d-%H-%M-%S}") == when
    assert parse_time(f"{when:%A, %d %B %Y, %I:%M %p}") == minute
    assert parse_time(f"{when:%b} {when.day}, {when.year} {twelve}") == minute


@given(st.text(max_size=120))
def test_any_text_is_a_time_or_not(text: str) -> None:
    found = parse_time(text)
    assert found is None or isinstance(found, datetime)
