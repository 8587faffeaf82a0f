"""The ring of log lines: numbers stay, the filter hides, the oldest go."""

from screens.log_buffer import Filter, LogBuffer
from store.feed import ListedLines, LogEntry
from store.log_lines import LogLines


def entries(*texts: str) -> list[LogEntry]:
    return [LogEntry(None, "7d9", text, "error" if "500" in text else "") for text in texts]


def test_a_filter_keeps_words_and_hides_others() -> None:
    sieve = Filter.parse("POST -health")
    assert [sieve.passes(entry) for entry in entries("post /pay", "POST /health", "GET /pay")] == [True, False, False]


def read(buffer: LogBuffer, *texts: str) -> None:
    buffer.read(ListedLines(entries(*texts), len(texts)))


def test_hidden_lines_are_counted_and_come_back() -> None:
    buffer = LogBuffer()
    read(buffer, "GET /a 200", "POST /pay 500", "GET /b 200")
    buffer.sift("500")
    assert (list(buffer.visible), buffer.hidden) == ([1], 2)
    read(buffer, "GET /a 200", "POST /pay 500", "GET /b 200", "POST /pay 500")
    assert (list(buffer.visible), list(buffer.errors), buffer.hidden) == ([1, 3], [1, 3], 2)
    buffer.sift("")
    assert (list(buffer.visible), buffer.hidden) == ([0, 1, 2, 3], 0)


def test_a_note_on_the_log_is_shown_under_any_filter() -> None:
    buffer = LogBuffer()
    buffer.sift("500")
    buffer.read(ListedLines([*entries("200"), LogEntry(None, "", "reset", note="cut")], 2))
    assert list(buffer.visible) == [1]


def test_the_next_and_previous_error_are_seen_from_a_line() -> None:
    buffer = LogBuffer()
    read(buffer, "500", "200", "500", "200", "500")
    assert buffer.beside(buffer.errors, 1, 1) == 2
    assert buffer.beside(buffer.errors, 2, 1) == 4
    assert buffer.beside(buffer.errors, 4, 1) is None
    assert buffer.beside(buffer.errors, 2, -1) == 0


def test_what_the_feed_drops_is_gone_at_once_and_numbers_stay() -> None:
    lines = LogLines(kept=512)
    lines.extend(entries(*["200", "500"] * 200))
    buffer = LogBuffer()
    buffer.sift("-404")
    buffer.read(lines)
    lines.extend(entries(*["200", "500"] * 200))
    assert lines.first > 0
    assert (buffer.visible[0], buffer.errors[0], buffer.dropped) == (lines.first, lines.first + 1, lines.first)
    assert buffer.entry(buffer.errors[0]).text == "500"
    buffer.sift("")
    assert (buffer.visible[0], buffer.visible[-1]) == (lines.first, 799)


def test_a_feed_that_went_back_starts_anew() -> None:
    buffer = LogBuffer()
    read(buffer, "a", "b", "c", "d", "e")
    read(buffer, "a", "b")
    assert list(buffer.visible) == [0, 1]
