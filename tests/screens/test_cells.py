"""Values become cells by tables."""

from datetime import timedelta

import pytest

from screens import cells
from screens.glyphs import ASCII, UNICODE, glyphs_for, to_ascii
from screens.line import Role, text_of
from screens.look import Look
from screens.words import words
from store.feed import Link
from store.values import Language, Priority

FR, EN = Look(words("fr")), Look(words("en"))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (4.9, "0:04"), (761, "12:41"), (8049, "2:14:09"), (-1, "-0:01"), (-3661, "-1:01:01"), (-0.4, "0:00")],
)
def test_a_timer_shows_hours_only_where_there_are_any(seconds: float, shown: str) -> None:
    assert cells.timer(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (900, "15 min", "15 min"),
        (7200, "2 h", "2 h"),
        (5400, "1 h 30", "1 h 30"),
        (345_600, "4 jours", "4 days"),
    ],
)
def test_a_budget_is_spelled_in_the_unit_that_fits(seconds: float, french: str, english: str) -> None:
    assert (cells.budget(seconds, FR), cells.budget(seconds, EN)) == (french, english)


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [(0.04, "40 ms", "40 ms"), (2.44, "2,4 s", "2.4 s"), (185, "3 min 05", "3 min 05"), (3720, "1 h 02", "1 h 02")],
)
def test_a_duration_has_the_language_s_decimal_point(seconds: float, french: str, english: str) -> None:
    assert (cells.took(seconds, FR), cells.took(seconds, EN)) == (french, english)


@pytest.mark.parametrize(
    ("minutes", "role", "word"),
    [(239, "strong", ""), (60, "strong", ""), (59, "warn", "bientôt"), (1, "warn", "bientôt"), (0, "bad", "dépassé")],
)
def test_the_sla_warns_in_its_last_quarter_in_colour_and_word(minutes: int, role: Role, word: str) -> None:
    left = timedelta(minutes=minutes)
    assert cells.sla_role(left, 4 * 3600) == role
    assert cells.sla_word(left, 4 * 3600, FR) == word


@pytest.mark.parametrize(
    ("priority", "shown"),
    [
        (Priority.P1, "● P1 critique"),
        (Priority.P2, "◐ P2 majeur"),
        (Priority.P3, "○ P3 limité"),
        (Priority.P4, "· P4 mineur"),
    ],
)
def test_a_priority_is_a_sign_and_a_word(priority: Priority, shown: str) -> None:
    assert text_of(cells.priority(priority, FR)) == shown


@pytest.mark.parametrize(
    ("confidence", "language", "shown"),
    [(0.99, "fr", "99 % sûr"), (0.6, "en", "60% likely"), (0.2, "en", "20% unsure")],
)
def test_a_confidence_is_a_number_and_a_word(confidence: float, language: Language, shown: str) -> None:
    assert text_of(cells.confidence(confidence, Look(words(language)))) == shown


@pytest.mark.parametrize(
    ("link", "shown", "slow"),
    [(Link(0.012), "12 ms", False), (Link(0.5), "500 ms", True), (Link(None), "liaison ?", False)],
)
def test_a_link_shows_its_round_trip_or_that_it_does_not_answer(link: Link, shown: str, slow: bool) -> None:  # noqa: FBT001 - a table
    assert text_of(cells.round_trip(link, FR)) == shown
    assert cells.slow(link) is slow


def test_production_is_spelled_out_and_stands_out() -> None:
    assert cells.environment("PROD") == ((" PROD ", "badge"),)
    assert cells.environment("staging") == (("staging", "dim"),)


@pytest.mark.parametrize(
    ("encoding", "glyphs"), [("utf-8", UNICODE), ("ascii", ASCII), ("latin-1", ASCII), ("no-such", ASCII)]
)
def test_signs_fall_back_where_the_encoding_has_none(encoding: str, glyphs: object) -> None:
    assert glyphs_for(encoding) is glyphs


@pytest.mark.parametrize(
    ("text", "ascii_text"), [("Clé expirée · 14:00 → ✔", "Cle expiree - 14:00 > ?"), ("🔴 P1", "?? P1"), ("ok", "ok")]
)
def test_ascii_spelling_keeps_every_cell(text: str, ascii_text: str) -> None:
    assert to_ascii(text) == ascii_text
