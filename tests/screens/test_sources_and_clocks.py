"""The sources, the clock that stands still, what joined and why, and the call to somebody who looks elsewhere."""

import pytest

from console.app import ConsoleApp
from screens.desktop import notification
from store import events as e
from store.feed import Link, SourceState
from tests.screens.fixed_feed import at_minute
from tests.screens.seeing import press, ready, seen

SOURCES = (SourceState("imap support@mail", "down", detail="login refused"), SourceState("maildir in", "connected"))


async def test_each_source_shows_its_state_and_when_it_last_answered() -> None:
    feed = at_minute(20)
    feed.connection = Link(sources=(*SOURCES, SourceState("alertmanager am", "connected", feed.now())))
    app = ConsoleApp(feed, "en")
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        shown = seen(app)
    assert "✖ imap support@mail" in shown
    assert "login refused" in shown
    assert "✔ 11:50 alertmanager am" in shown


async def test_a_paused_clock_stands_still_and_says_why() -> None:
    feed = at_minute(20, more=[e.ClockPaused(why="waiting for the client", by="lea")])
    app = ConsoleApp(feed, "en")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        shown = seen(app)
    assert "paused" in shown.splitlines()[0]
    assert "paused since 11:50 · waiting for" in shown


async def test_a_report_that_joined_shows_why_it_was_taken_for_one() -> None:
    why = {"reason": "checkout", "rule": "same.outage"}
    joined = e.ReportJoined(report="R-2", sender="b@shop.fr", subject="[red]again", **why)
    app = ConsoleApp(at_minute(20, more=[joined]), "en")
    async with app.run_test(size=(120, 60)) as pilot:
        await press(pilot, "3", "z")
        shown = seen(app)
    assert "same outage (« checkout »)" in shown
    assert "« [red]again »" in shown


@pytest.mark.parametrize(
    ("term", "tmux", "sent"),
    [
        ("foot", "", "\x1b]777;notify;astreinte;P1 down, now‹"),
        ("xterm-kitty", "", "\x1b]9;astreinte: P1 down, now‹"),
        ("tmux-256color", "/run/tmux", "\x1bPtmux;\x1b\x1b]9;astreinte: P1 down, now‹"),
        ("linux", "", ""),
    ],
)
def test_the_desktop_is_notified_where_the_terminal_can_and_foreign_text_ends_nothing(
    term: str, tmux: str, sent: str
) -> None:
    environ = {"TERM": term} | ({"TMUX": tmux} if tmux else {})
    said = notification("astreinte", "P1 down; now\x9c\x07", environ)
    assert said.startswith(sent)
    assert bool(said) is bool(sent)
    assert not {"\x07", ";"} & set(said.partition("now")[2][:9])
