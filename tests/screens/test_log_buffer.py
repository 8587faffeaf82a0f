"""The ring of log lines: numbers stay, the filter hides, the oldest go."""

from screens.log_buffer import Filter, LogBuffer
from store.feed import LogEntry


def entries(*texts: str) -> list[LogEntry]:
    return [LogEntry(None, "7d9", text, "error" if "500" in text else "") for text in texts]


def test_a_filter_keeps_words_and_hides_others() -> None:
    sieve = Filter.parse("POST -health")
    assert [sieve.passes(entry) for entry in entries("post /pay", "POST /health", "GET /pay")] == [True, False, False]


def test_hidden_lines_are_counted_and_come_back() -> None:
    buffer = LogBuffer()
    buffer.extend(3, entries("GET /a 200", "POST /pay 500", "GET /b 200"))
    buffer.sift("500")
    assert (buffer.visible, buffer.hidden) == ([1], 2)
    buffer.extend(4, entries("POST /pay 500"))
    assert (buffer.visible, buffer.errors, buffer.hidden) == ([1, 3], [1, 3], 2)
    buffer.sift("")
    assert (buffer.visible, buffer.hidden) == ([0, 1, 2, 3], 0)


def test_the_next_and_previous_error_are_seen_from_a_line() -> None:
    buffer = LogBuffer()
    buffer.extend(5, entries("500", "200", "500", "200", "500"))
    assert buffer.beside(buffer.errors, 1, 1) == 2
    assert buffer.beside(buffer.errors, 2, 1) == 4
    assert buffer.beside(buffer.errors, 4, 1) is None
    assert buffer.beside(buffer.errors, 2, -1) == 0


def test_the_oldest_lines_go_when_it_is_full_and_numbers_stay() -> None:
    buffer = LogBuffer(kept=3)
    buffer.extend(5, entries("500", "200", "500", "200", "500"))
    assert (buffer.visible, buffer.errors) == ([2, 3, 4], [2, 4])
    assert buffer.entry(4).text == "500"


def test_a_feed_that_went_back_starts_anew() -> None:
    buffer = LogBuffer()
    buffer.extend(5, entries("a", "b", "c", "d", "e"))
    buffer.extend(2, entries("a", "b"))
    assert buffer.visible == [0, 1]
