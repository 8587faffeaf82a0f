"""The packed lines of a log come back as they were, by their numbers, and the oldest go."""

import random
import tracemalloc
from datetime import timedelta

import pytest

from store.feed import LogEntry
from store.log_lines import LogLines
from tests.support.journals import AT


def entry(number: int) -> LogEntry:
    text = f"POST /pay {number} 200 in {number % 97} ms, request {number * 7919 % 10**8:08x} of a customer in Lyon"
    return LogEntry(AT + timedelta(milliseconds=number), f"pod{number % 3}", text, "info")


def test_lines_come_back_by_number_whatever_the_batches() -> None:
    lines, chance = LogLines(), random.Random(5)
    number = 0
    while number < 3_000:
        size = chance.randrange(400)
        lines.extend([entry(each) for each in range(number, number + size)])
        number += size
    assert (lines.first, lines.total) == (0, number)
    assert list(lines.since(0)) == [entry(each) for each in range(number)]
    for each in chance.sample(range(number), 200):
        assert lines.entry(each) == entry(each)
        assert next(lines.since(each)) == entry(each)
    assert list(lines.since(number)) == []


def test_a_note_comes_back_with_its_instants() -> None:
    note = LogEntry(AT, "", "", note="resumed", since=AT - timedelta(seconds=4))
    lines = LogLines()
    lines.extend([note, *[entry(number) for number in range(600)]])
    assert lines.entry(0) == note


def test_the_oldest_go_and_the_others_keep_their_numbers() -> None:
    lines = LogLines(kept=1_000)
    lines.extend([entry(number) for number in range(5_000)])
    assert lines.total == 5_000
    assert 750 <= lines.total - lines.first <= 1_280
    assert list(lines.since(0)) == [entry(number) for number in range(lines.first, 5_000)]
    with pytest.raises(IndexError):
        lines.entry(lines.first - 1)
    with pytest.raises(IndexError):
        lines.entry(5_000)


def test_many_lines_take_less_than_their_text() -> None:
    lines = LogLines()
    tracemalloc.start()
    for batch in range(0, 40_000, 2_000):
        lines.extend([entry(number) for number in range(batch, batch + 2_000)])
    taken, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines.total == 40_000
    assert taken < sum(len(line.text) for line in lines.since(0))
