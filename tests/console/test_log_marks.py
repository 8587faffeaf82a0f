"""A line that a person marks becomes an event of the incident: once, without secrets, and it stays for the replay."""

from datetime import timedelta
from pathlib import Path

from console.engine.decide import Asker, decide
from console.replay import ReplayFeed
from store import commands as c
from store import events as e
from store.feed import LogEntry
from store.fold import fold
from store.ledger import LocalLedger
from store.marked_lines import KIND, mark_of, marked_evidence, marks
from tests.support.journals import AT, opened_incident
from tests.support.scenario import play, scenario
from tests.support.scenario_parts import INCIDENT, REPORTED

LINE = LogEntry(REPORTED, "7d9f4", "POST /pay 500 expired\n    at pay (/app/pay.js:3:1)", "error")
EARLY = list(scenario())[:30]
LEA = Asker(by="lea", now=REPORTED + timedelta(minutes=20))


def test_marking_a_line_makes_evidence_with_its_pod_its_instant_and_who() -> None:
    incident = fold(play(EARLY))
    assert incident
    decided = decide(incident, c.MarkEvidence(incident=incident.id, mark=mark_of(LINE)), LEA)
    assert not isinstance(decided, c.Refusal)
    (event,) = decided
    assert isinstance(event, e.EvidenceCaptured)
    assert (event.evidence.kind, event.evidence.excerpt, event.evidence.captured_at) == (KIND, LINE.text, LEA.now)
    assert event.evidence.facts == {"at": REPORTED.isoformat(), "pod": "7d9f4", "by": "lea"}


def test_a_line_is_evidence_once_whoever_marks_it() -> None:
    moments = [*EARLY, (20.0, e.EvidenceCaptured(evidence=marked_evidence(mark_of(LINE), "ali", AT)))]
    incident = fold(play(moments))
    assert incident
    again = decide(incident, c.MarkEvidence(incident=incident.id, mark=mark_of(LINE)), LEA)
    assert again == c.Refusal("already_marked")


def test_a_secret_does_not_reach_the_journal_by_a_mark() -> None:
    key = "sk_live_" + "a1b2c3d4" * 3
    assert key not in marked_evidence(("", "7d9", f"key {key}"), "lea", AT).model_dump_json()


async def test_a_marked_trace_stays_among_the_recorded_lines_when_a_flood_drives_out_the_others(tmp_path: Path) -> None:
    ledger = LocalLedger(tmp_path, lambda: AT)
    name = await opened_incident(ledger)
    captured = e.EvidenceCaptured(evidence=marked_evidence(mark_of(LINE), "lea", AT))
    await ledger.append(name, [captured], expected_seq=None, actor="lea")
    recorded = ledger.lines(name)
    recorded.append([LINE])
    for number in range(9):  # of a million bytes that can't be packed: past the cap
        recorded.append([LogEntry(AT, "x", "".join(chr(0x4E00 + (number + n * n) % 20_000) for n in range(350_000)))])
    kept = recorded.read()
    assert kept[0] == LINE
    assert kept[1].note == "dropped"
    ledger.close()


async def test_a_replay_shows_the_mark_from_the_instant_at_which_it_was_made() -> None:
    captured = e.EvidenceCaptured(evidence=marked_evidence(mark_of(LINE), "lea", AT))
    records = play([*EARLY, (20.0, captured)])
    feed = ReplayFeed(records, [LINE], "Europe/Paris")
    feed.transport.seek(str(len(records) - 1))
    before = feed.incident(INCIDENT)
    feed.transport.step(1)
    after = feed.incident(INCIDENT)
    assert before is not None
    assert after is not None
    assert not marks(before.evidence)
    assert marks(after.evidence) == {mark_of(LINE)}
    assert [each.template for each in await feed.patterns(after.id)] == ["POST /pay <number> expired"]
    assert await feed.previous(after.id, LINE.pod) == c.Refusal("replay")
