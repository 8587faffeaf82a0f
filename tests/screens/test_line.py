"""Lines keep their width and their text, whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st

from screens.line import clip, fill, join, run, said, spread, text_of, width_of, wrap
from screens.widgets.lines import changed, merged

TEXT = st.text(alphabet=st.sampled_from("ab c[/]éß漢🔴…\u202e\x1b"), max_size=40)


@given(TEXT, st.integers(1, 30))
def test_a_filled_line_has_exactly_its_width(text: str, width: int) -> None:
    assert width_of(fill(run(said(text)), width)) == width


@given(TEXT, TEXT, st.integers(30, 60))
def test_a_spread_line_never_outgrows_its_width(left: str, right: str, width: int) -> None:
    assert width_of(spread(run(said(left)), run(said(right)[:10]), width)) <= width


@given(TEXT, st.integers(4, 30))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = wrap(said(text), width)
    assert "".join(text_of(line) for line in lines).replace(" ", "") == said(text).replace(" ", "")
    assert all(width_of(line) <= width for line in lines)


def test_a_clipped_line_says_that_something_is_missing() -> None:
    assert text_of(clip(run("Paiements bloqués"), 10)) == "Paiements…"
    assert text_of(clip(run("court"), 10)) == "court"


def test_brackets_are_text() -> None:
    assert text_of(run(said("[ACME] [/checkout] broken"))) == "[ACME] [/checkout] broken"


def test_control_and_direction_characters_are_shown_not_obeyed() -> None:
    shown = said("a\x1b]52;c;ZXZpbA==\x07b\u202etxt")
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown


def test_merging_changes_no_cell_s_text() -> None:
    line = join(run("SLA ", "dim"), run("2:14", "strong"), run("   "), run("x", "badge"), run(" ", "mark"))
    assert text_of(merged(line)) == text_of(line)
    assert merged(line) == (("SLA ", "dim"), ("2:14   ", "strong"), ("x", "badge"), (" ", "mark"))


def test_a_tick_changes_the_digit_s_cells_alone() -> None:
    before, after = fill(run("SLA 2:14:09 → 14:00"), 40), fill(run("SLA 2:14:08 → 14:00"), 40)
    regions = list(changed([before, before], [before, after], 40))
    assert [(r.x, r.y, r.width) for r in regions] == [(10, 1, 1)]
