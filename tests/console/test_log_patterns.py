"""Thousands of lines become few patterns, counted once each, and what is new since the onset stands on top."""

from datetime import timedelta

from console.log_patterns import Patterns
from store.feed import Level, ListedLines, LogEntry, LogPattern
from store.log_lines import LogLines
from tests.support.journals import AT


def entry(second: int, text: str, level: Level = "info") -> LogEntry:
    return LogEntry(AT + timedelta(seconds=second), "7d9", text, level)


def lines(*entries: LogEntry) -> ListedLines:
    return ListedLines(entries, len(entries))


async def test_what_is_new_since_the_onset_stands_on_top_then_the_severe_then_the_frequent() -> None:
    told = [entry(n, f"GET /health {n} 200") for n in range(0, 300, 2)]
    told += [entry(n, f"POST /slow took {n} ms", "warning") for n in range(1, 300, 2)]
    told += [entry(400 + n, f"cache hit {n}") for n in range(5)]
    told += [entry(500, "POST /pay 500 expired\n    at pay (/app/pay.js:3:1)", "error")]
    found = await Patterns().read(lines(*told), onset=AT + timedelta(seconds=350))
    assert [(each.template, each.count, each.new) for each in found] == [
        ("POST /pay <number> expired", 1, True),
        ("cache hit <number>", 5, True),
        ("POST /slow took <number> ms", 150, False),
        ("GET /health <number> <number>", 150, False),
    ]
    assert (found[1].first, found[1].last) == (AT + timedelta(seconds=400), AT + timedelta(seconds=404))


async def test_nothing_is_called_new_where_the_log_begins_after_the_onset() -> None:
    found = await Patterns().read(lines(entry(10, "boom", "error")), onset=AT)
    assert [each.new for each in found] == [False]


async def test_lines_that_come_later_are_added_and_none_is_counted_twice() -> None:
    log, patterns = LogLines(), Patterns()
    log.extend([entry(n, f"GET /a {n}") for n in range(1_000)])
    assert [each.count for each in await patterns.read(log, AT)] == [1_000]
    log.extend([entry(n, f"GET /a {n}") for n in range(1_000, 1_500)])
    log.extend([LogEntry(AT, "", "reset", note="cut")])
    assert [each.count for each in await patterns.read(log, AT)] == [1_500]
    assert [each.count for each in await patterns.read(log, AT)] == [1_500]


async def test_a_log_that_went_back_is_counted_anew() -> None:
    told, patterns = [entry(n, f"GET /a {n}") for n in range(50)], Patterns()
    await patterns.read(ListedLines(told, 50), AT)
    found = await patterns.read(ListedLines(told, 20), AT)
    assert found == [LogPattern("GET /a <number>", "info", 20, AT, AT + timedelta(seconds=19))]
