"""Durations, instants and money, as each language writes them."""

from datetime import UTC, datetime

import pytest

from skills.prose.formats import clock, count, day, due_time, duration, money, share, zone_name
from store.values import Language

NOON = datetime(2025, 1, 9, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "0 s", "0 s"),
        (-5, "0 s", "0 s"),
        (59.4, "59 s", "59 s"),
        (59.6, "1 min", "1 min"),
        (45 * 60, "45 min", "45 min"),
        (3569, "59 min", "59 min"),
        (3570, "1h", "1 h"),
        (105 * 60, "1h45", "1 h 45 min"),
        (65 * 60, "1h05", "1 h 05 min"),
        (4 * 3600, "4h", "4 h"),
        (47 * 3600, "47h", "47 h"),
        (72 * 3600, "3 j", "3 d"),
        (76 * 3600, "3 j 4h", "3 d 4 h"),
    ],
)
def test_a_duration_is_written_as_people_say_it(seconds: float, french: str, english: str) -> None:
    assert (duration(seconds, "fr"), duration(seconds, "en")) == (french, english)


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (85_000, "eur", "€850"),
        (85_012, "EUR", "€850"),
        (1_250, "eur", "€12.50"),
        (1_200, "eur", "€12"),
        (123_456_700, "usd", "$1 234 567"),
        (5_000, "jpy", "¥5 000"),
        (5_000, "nok", "NOK 50"),
        (0, "eur", "€0"),
    ],
)
def test_money_is_written_from_minor_units(minor: float, currency: str, expected: str) -> None:
    assert money(minor, currency) == expected
    assert money(minor, currency, about=True) == f"~{expected}"


@pytest.mark.parametrize(
    ("language", "same_day", "other_day"), [("fr", "12h00", "2025-01-09 12h00"), ("en", "12:00", "2025-01-09 12:00")]
)
def test_a_deadline_names_its_day_only_where_that_is_not_today(
    language: Language, same_day: str, other_day: str
) -> None:
    assert due_time(NOON, "Europe/Paris", language, NOON) == same_day
    assert due_time(NOON, "Europe/Paris", language, datetime(2025, 1, 8, tzinfo=UTC)) == other_day


def test_instants_stand_in_the_clients_zone() -> None:
    late = datetime(2025, 7, 1, 23, 30, tzinfo=UTC)
    assert (clock(late, "Europe/Paris"), day(late, "Europe/Paris")) == ("01:30", "2025-07-02")
    assert zone_name(late, "Europe/Paris") == "Europe/Paris, UTC+02:00"


@pytest.mark.parametrize(("value", "expected"), [(None, "-"), (0.0, "0%"), (2 / 3, "67%"), (1.0, "100%")])
def test_a_share_is_a_percentage_or_a_dash(value: float | None, expected: str) -> None:
    assert share(value) == expected


def test_a_count_says_that_it_is_an_estimate() -> None:
    assert (count(11.6), count(11.6, about=True)) == ("12", "~12")
