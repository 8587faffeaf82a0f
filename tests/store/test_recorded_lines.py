"""What the log pane showed is kept within a cap, and evidence is kept whatever the cap."""

from datetime import timedelta
from pathlib import Path

from store.feed import LogEntry
from store.line_rows import unpack_line
from store.recorded_lines import RecordedLines, in_order
from tests.support.journals import AT


def entry(number: int, text: str, *, evidence: bool = False) -> LogEntry:
    return LogEntry(AT + timedelta(seconds=number), "7d9", text, "error", evidence=evidence)


def test_lines_come_back_as_they_were_shown(tmp_path: Path) -> None:
    lines = RecordedLines(tmp_path / "a.log")
    assert lines.read() == []
    cut, back = (
        LogEntry(None, "", "reset", note="cut"),
        LogEntry(AT, "", "", note="resumed", since=AT - timedelta(hours=1)),
    )
    shown = [entry(1, "POST /pay 500"), cut, back, entry(2, "é", evidence=True)]
    lines.append(shown[:2])
    lines.append(shown[2:])
    lines.append([])
    lines.close()
    assert RecordedLines(tmp_path / "a.log").read() == shown


def test_past_the_cap_the_oldest_ordinary_lines_go_and_no_evidence_does(tmp_path: Path) -> None:
    proof = "StripeAuthenticationError: Expired API Key"
    lines = RecordedLines(tmp_path / "a.log", cap_bytes=20_000, evidence=lambda: [proof])
    lines.append([entry(0, "marked", evidence=True), entry(1, proof), entry(2, "oldest")])
    for number in range(3, 600):
        lines.append([entry(number, f"line {number} " + "x" * 60)])
        assert (tmp_path / "a.log").stat().st_size < 20_000 + 300
    marked, proven, note, *rest = lines.read()
    assert [marked.text, proven.text] == ["marked", proof]
    kept = [int(line.text.split()[1]) for line in rest]
    assert kept == list(range(kept[0], 600))
    assert (note.note, int(note.text)) == ("dropped", 1 + kept[0] - 3)


def test_a_flood_in_batches_keeps_many_times_its_cap_in_few_bytes_and_counts_what_it_dropped(tmp_path: Path) -> None:
    lines = RecordedLines(tmp_path / "a.log", cap_bytes=40_000)
    for batch in range(40):
        lines.append([entry(batch, f"POST /pay {batch * 500 + number} 200 in 12 ms") for number in range(500)])
    kept = lines.read()
    assert sum(len(line.text) for line in kept) > 2 * 40_000
    assert [line.note for line in kept].count("dropped") == 1
    assert int(next(line.text for line in kept if line.note)) + len(kept) - 1 == 40 * 500


def test_evidence_beyond_the_cap_stays_whole_and_costs_no_rewrite_a_line(tmp_path: Path) -> None:
    lines = RecordedLines(tmp_path / "a.log", cap_bytes=4_000)
    inodes = set()
    for number in range(200):
        lines.append([entry(number, "proof " * 10, evidence=True)])
        inodes.add((tmp_path / "a.log").stat().st_ino)
    assert len(lines.read()) == 200
    assert len(inodes) < 20


def test_lines_are_put_in_the_order_of_their_instants() -> None:
    gap = LogEntry(None, "", "reset", note="cut")
    assert in_order([entry(2, "b"), gap, entry(1, "a")]) == [entry(1, "a"), entry(2, "b"), gap]


def test_a_line_that_an_older_version_wrote_is_read_with_its_gap() -> None:
    assert unpack_line([None, "7d9", "reset", "", False, True]) == LogEntry(None, "7d9", "reset", note="cut")
    assert unpack_line([AT.isoformat(), "7d9", "POST /pay", "info", False, False]).note == ""
