"""Breaks of several streams are one outage: it begins with the first and ends with the last."""

from datetime import timedelta

from console.log_outages import Outages
from store.feed import LogEntry
from tests.support.loopback import Clock


def test_an_outage_lasts_from_the_first_break_to_the_last_return() -> None:
    clock, told = Clock(), list[LogEntry]()
    outages = Outages(clock, told.append)
    began = clock.at
    watch, pod = outages.of("pods"), outages.of("a/app", "a")
    watch("reset by peer\x1b[2J")
    pod("reset by peer")
    clock.at += timedelta(seconds=3)
    pod("")
    clock.at += timedelta(seconds=1)
    watch("")
    watch("")
    cut = LogEntry(began, "", "reset by peer␛[2J", note="cut")
    assert told == [cut, LogEntry(began + timedelta(seconds=4), "", "", note="resumed", since=began)]


def test_an_outage_of_one_pod_names_it_and_the_next_one_is_another() -> None:
    clock, told = Clock(), list[LogEntry]()
    pod = Outages(clock, told.append).of("a/app", "a")
    for reason in ("reset", "still", "", "reset again", ""):
        clock.at += timedelta(seconds=1)
        pod(reason)
    assert [(entry.note, entry.pod, entry.text) for entry in told] == [
        ("cut", "a", "reset"),
        ("resumed", "a", ""),
        ("cut", "a", "reset again"),
        ("resumed", "a", ""),
    ]


def test_a_stream_that_ends_while_it_is_cut_is_waited_for_no_longer() -> None:
    told: list[LogEntry] = []
    outages = Outages(Clock(), told.append)
    outages.of("a/app", "a")("reset")
    outages.of("b/app", "b")("reset")
    outages.left("a/app")
    assert [entry.note for entry in told] == ["cut"]
    outages.left("b/app")
    assert [entry.note for entry in told] == ["cut", "resumed"]
