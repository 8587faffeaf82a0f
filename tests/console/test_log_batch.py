"""Raw lines become entries: one a trace, without secrets, of all pods in the order of time."""

from datetime import timedelta

from console.log_batch import LogBatch
from skills.clients.cluster import LogLine
from store.feed import LogEntry
from tests.support.journals import AT


def said(batch: LogBatch, *lines: tuple[int, str, str]) -> None:
    for second, pod, text in lines:
        batch.line(pod, LogLine(AT + timedelta(seconds=second), text))


def test_lines_of_several_pods_are_told_in_the_order_of_time() -> None:
    batch = LogBatch()
    said(batch, (1, "a", "one"), (4, "a", "four"), (2, "b", "two"), (3, "b", "three"))
    assert [(entry.pod, entry.text) for entry in batch.drain()] == [
        ("a", "one"),
        ("b", "two"),
        ("b", "three"),
        ("a", "four"),
    ]
    assert batch.drain() == []


def test_a_trace_is_one_entry_though_another_pod_speaks_in_between() -> None:
    batch = LogBatch()
    said(batch, (1, "a", "ERROR boom"), (1, "b", "INFO well"), (1, "a", "    at pay (/app/pay.js:3:1)"), (1, "a", ""))
    assert batch.drain() == [
        LogEntry(AT + timedelta(seconds=1), "a", "boom\n    at pay (/app/pay.js:3:1)", "error"),
        LogEntry(AT + timedelta(seconds=1), "b", "well", "info"),
    ]


def test_a_trace_that_never_ends_becomes_several_entries_and_no_line_is_lost() -> None:
    batch = LogBatch()
    said(batch, *((1, "a", f"    at frame {number}") for number in range(1_000)))
    entries = batch.drain()
    assert 1 < len(entries) < 5
    told = [line.strip() for entry in entries for line in entry.text.split("\n")]
    assert told == [f"at frame {number}" for number in range(1_000)]


def test_a_secret_goes_no_further_in_a_trace_either() -> None:
    key = "sk_live_" + "a1b2c3d4" * 3
    batch = LogBatch()
    said(batch, (1, "a", f"ERROR key {key}"), (1, "a", f"    at pay {key}"))
    assert key not in batch.drain()[0].text
