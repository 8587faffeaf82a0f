"""The keys of the log pane: mark a line, group lines, read what was before; and what the pane says of the link."""

from datetime import timedelta

import pytest

from console.app import ConsoleApp
from store import commands as c
from store import events as e
from store.feed import LogEntry, LogPattern
from store.marked_lines import mark_of, marked_evidence
from tests.screens.fixed_feed import FixedFeed, at_minute
from tests.screens.seeing import press, seen
from tests.support.scenario_parts import INCIDENT, REPORTED


async def typed(feed: FixedFeed, *keys: str, size: tuple[int, int] = (120, 40), language: str = "en") -> str:
    """Press keys in an app on the feed; return what is seen afterwards."""
    app = ConsoleApp(feed, "fr" if language == "fr" else "en")
    async with app.run_test(size=size) as pilot:
        await press(pilot, *keys)
        return seen(app)


async def told(feed: FixedFeed, *keys: str) -> list[str]:
    """Press keys; return the toasts."""
    app = ConsoleApp(feed, "en")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, *keys)
        return [toast.message for toast in app._notifications]


async def test_one_key_makes_the_line_under_the_cursor_evidence() -> None:
    feed = at_minute(20)
    await typed(feed, "4", "k", "v")
    assert feed.commands == [c.MarkEvidence(incident=INCIDENT, mark=mark_of(feed.entries[-2]))]


async def test_a_note_on_the_log_is_no_evidence() -> None:
    feed = at_minute(20)
    feed.entries = [*feed.entries, LogEntry(REPORTED, "", "reset", note="cut")]
    assert await told(feed, "4", "v") == ["No line to mark here"]
    assert feed.commands == []


@pytest.mark.parametrize("minutes", [20, 70])
async def test_a_marked_line_shows_in_the_pane_the_finding_and_the_timeline(minutes: float) -> None:
    line = at_minute(20).entries[-1]
    captured = e.EvidenceCaptured(evidence=marked_evidence(mark_of(line), "lea", REPORTED))
    feed = at_minute(minutes, more=[captured])
    screen = await typed(feed, "4", "z")
    rows = [row for row in screen.splitlines() if "◆" in row]
    assert len(rows) == 2, "the marked one, and the one that came marked"
    assert line.text in rows[-1]
    finding = await typed(feed, "3", "z")
    assert f"◆ {line.text}" in finding
    assert f"{line.pod} · marked by lea" in finding
    timeline = await typed(feed, "5", "z")
    assert any("evidence captured" in row and line.text[:40] in row for row in timeline.splitlines())


async def test_one_key_turns_lines_into_patterns_and_back() -> None:
    feed = at_minute(20)
    feed.grouped = [
        LogPattern("POST /pay <number> expired", "error", 412, REPORTED, REPORTED + timedelta(minutes=2), new=True),
        LogPattern("GET /health <number> <number>ms", "info", 3_000, REPORTED, REPORTED),
    ]
    screen = await typed(feed, "4", "b")
    row = next(row for row in screen.splitlines() if "POST /pay <number> expired" in row)
    assert ("NEW" in row, "412 ×" in row, "11:30:00→11:32:00" in row) == (True, True, True)
    assert "2 patterns" in screen
    assert "<number>" not in await typed(feed, "4", "b", "b")


async def test_the_previous_container_is_read_in_full_or_it_is_said_that_there_is_none() -> None:
    feed = at_minute(20)
    pod = feed.entries[-1].pod
    assert await told(feed, "4", "p") == [f"No previous container: this pod was not restarted ({pod})"]
    feed.before = {pod: [LogEntry(REPORTED, pod, "FATAL heap out of memory\n    at grow", "error")]}
    screen = await typed(feed, "4", "p")
    assert "Previous container" in screen
    assert "FATAL heap out of memory" in screen
    assert "at grow" in screen
    assert feed.commands == []


async def test_a_pod_s_name_is_never_markup() -> None:
    feed = at_minute(20)
    feed.entries = [LogEntry(REPORTED, "[/x]", "[bold]boom[/bold] \x1b[2J", "error")]
    feed.before = {"[/x]": [LogEntry(REPORTED, "[/x]", "[red]before[/red]", "error")]}
    assert "[bold]boom[/bold] ␛[2J" in await typed(feed, "4")
    assert "[red]before[/red]" in await typed(feed, "4", "p")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "connexion coupée à 11:42:03, rétablie à 11:42:07, des lignes manquent peut-être"),
        ("en", "connection cut at 11:42:03, resumed at 11:42:07, lines may be missing"),
    ],
)
async def test_a_gap_is_said_where_it_is_in_the_consoles_language(language: str, said: str) -> None:
    feed = at_minute(20)
    cut = REPORTED + timedelta(minutes=12, seconds=3)
    note = LogEntry(cut + timedelta(seconds=4), "", "", note="resumed", since=cut)
    feed.entries = [*feed.entries[:10], note, *feed.entries[10:12]]
    screen = await typed(feed, "4", "z", language=language)
    assert said in screen
    assert "coupée" not in await typed(at_minute(20), "4", "z", language="fr")


async def test_the_panes_keys_are_hinted_at_where_it_has_the_focus() -> None:
    feed = at_minute(13.5)
    hints = (await typed(feed, "4")).splitlines()[-1]
    assert all(word in hints for word in (" v evidence", " b patterns", " p previous"))
    assert " p previous" not in (await typed(feed, "3")).splitlines()[-1]
