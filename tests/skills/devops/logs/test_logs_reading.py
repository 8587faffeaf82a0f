"""Lines are recognised, folded and grouped whatever wrote them."""

from datetime import UTC, datetime, timedelta

import pytest

from skills.devops.monitoring.logs import fold, pattern_view, recognise
from skills.devops.monitoring.logs.literals import cover, required_literals
from skills.devops.monitoring.logs.patterns import template_of

TEN = datetime(2025, 1, 9, 10, tzinfo=UTC)
LOCAL = datetime(2025, 1, 9, 10)  # noqa: DTZ001 a line may name no zone
LINES = [
    ('{"level":50,"time":1736416800000,"msg":"pay failed"}', "error", TEN, "pay failed", None),
    ('{"level":"warn","ts":1736416800.0,"msg":"slow"}', "warn", TEN, "slow", None),
    ('{"@t":"2025-01-09T10:00:00Z","@l":"Error","@m":"boom"}', "error", TEN, "boom", None),
    ('time=2025-01-09T10:00:00Z level=ERROR msg="pay failed" status=502', "error", TEN, "pay failed", 502),
    ('E0109 10:00:00.000000       1 main.go:9] "Capture failed"', "error", None, None, None),
    ("W, [2025-01-09T10:00:00.000000 #1]  WARN -- : card declined", "warn", LOCAL, "card declined", None),
    ("[2025-01-09 10:00:00] production.ERROR: boom", "error", LOCAL, "production.ERROR: boom", None),
    ("2025-01-09T11:00:00.000+01:00 ERROR 1 --- [shop] Web : boom", "error", TEN, None, None),
    ("fail: Shop.Web[0]", "error", None, None, None),
    ("10:00:00.123 [warning] slow query", "warn", None, None, None),
    ('1.2.3.4 - - [09/Jan/2025:11:00:00 +0100] "GET / HTTP/1.1" 503 12', "", TEN, None, 503),
    ("2025/01/09 10:00:00 [error] 29#29: *1 upstream timed out", "error", LOCAL, None, None),
    ("\x1b[31mERROR\x1b[0m boom", "error", None, "boom", None),
    ("plain words", "", None, "plain words", None),
]


@pytest.mark.parametrize(("line", "level", "at", "message", "status"), LINES)
def test_a_line_is_recognised(
    line: str, level: str, at: datetime | None, message: str | None, status: int | None
) -> None:
    """Level, time and status are told; the message where the format has one of its own."""
    said = recognise(line)
    assert (said.level, said.at, said.status) == (level, at, status)
    assert message is None or said.message == message


def test_a_pod_prefix_is_taken_off() -> None:
    said = recognise("[pod/shop-1/app] 2025-01-09T10:00:00Z INFO ready")
    assert (said.pod, said.container, said.message) == ("shop-1", "app", "ready")


def test_a_broken_line_is_its_own_message() -> None:
    assert recognise('{"level":50, broken').message == '{"level":50, broken'


@pytest.mark.parametrize(
    "trace",
    [
        ["Traceback (most recent call last):", '  File "/app/a.py", line 1, in f', "KeyError: 'x'"],
        ["java.io.IOException: boom", "\tat a.b.C.d(C.java:1)", "Caused by: x.Y: z", "\t... 3 more"],
        ["goroutine 1 [running]:", "main.main()", "\t/src/main.go:9 +0x1d"],
        ["    at f (/app/a.js:1:2)", "    at g (/app/b.js:3:4)"],
        ["[stacktrace]", "#0 /app/a.php(1): f()", "#1 {main}"],
    ],
)
def test_a_trace_belongs_to_the_entry_above(trace: list[str]) -> None:
    entries = list(fold(["2025-01-09T10:00:00Z ERROR failed", *trace, "2025-01-09T10:00:01Z INFO next"]))
    assert [len(entry.more) for entry in entries] == [len(trace), 0]


def test_interleaved_pods_keep_their_traces() -> None:
    lines = ["[pod/a/x] ERROR one", "[pod/b/x] ERROR two", "[pod/a/x] \tat f", "[pod/b/x] \tat g"]
    assert [entry.text for entry in fold(lines)] == ["ERROR one\n\tat f", "ERROR two\n\tat g"]


def test_patterns_are_counted_and_the_new_ones_are_on_top() -> None:
    onset = datetime(2025, 1, 9, 10, tzinfo=UTC)
    before = [recognise(f"2025-01-09T09:00:0{n}Z ERROR order {n} late") for n in range(5)]
    after = [recognise("2025-01-09T10:00:05Z INFO key req_abcdef123 refused")]
    new, old = pattern_view([*before, *after], onset)
    assert (new.template, new.new, new.count) == ("key <id> refused", True, 1)
    assert (old.template, old.new, old.count) == ("order <number> late", False, 5)
    assert (old.first, old.last) == (onset - timedelta(hours=1), onset - timedelta(minutes=59, seconds=56))


def test_what_varies_is_masked() -> None:
    said = "GET 10.0.0.1:80 took 12.5 at 2025-01-09T10:00:00Z id 123e4567-e89b-12d3-a456-426614174000 v0xff"
    assert template_of(said) == "GET <ip> took <number> at <time> id <uuid> v0xff"


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("disk full", {b"disk full"}),
        ("no (space|room) left", {b"no space left", b"no room left"}),
        ("[a-z]+expired?", {b"expire", b"expired"}),
        ("(abcd.*|efgh+)", {b"abcd", b"efg"}),
    ],
)
def test_a_pattern_needs_one_of_its_literals(pattern: str, literals: set[bytes]) -> None:
    assert required_literals(pattern) == literals


def test_a_pattern_without_a_literal_is_refused() -> None:
    with pytest.raises(ValueError, match="no literal"):
        required_literals("[a-z]+")


def test_every_literal_has_a_stem() -> None:
    literals = {b"connection refused", b"refused", b"no space left", b"429"}
    stems = cover(literals)
    assert {literal for held in stems.values() for literal in held} == literals
    assert all(stem in literal for stem, held in stems.items() for literal in held)
