"""All journals of a store: opened once, followed at once, listed without being read."""

import asyncio
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from store.errors import Conflict, Missing
from store.events import Event, IncidentOpened, NoteAdded, PlanApproved, Unknown, parse_event
from store.ledger import Ledger, LocalLedger
from tests.support.journals import AT, DAY, INCIDENT, note, opened_incident, told_incident


async def test_ids_count_up_from_one_within_the_report_s_day(ledger: LocalLedger) -> None:
    assert [await opened_incident(ledger, f"report-{n}") for n in range(11)] == [
        f"INC-2025-0109-{n}" for n in range(1, 12)
    ]
    assert await opened_incident(ledger, "tomorrow", date(2025, 1, 10)) == "INC-2025-0110-1"
    assert ledger.incidents()[-2:] == ["INC-2025-0109-11", "INC-2025-0110-1"]


async def test_a_report_opens_one_incident_however_often_it_is_taken_up(
    ledger: LocalLedger, colleague: LocalLedger
) -> None:
    first = await opened_incident(ledger)
    assert await opened_incident(ledger, "report-2") != first
    assert await opened_incident(colleague) == first
    assert len(await colleague.read(first)) == 1


async def test_an_incident_that_was_only_begun_is_taken_up_by_the_next(ledger: LocalLedger) -> None:
    ledger.shelf.create(INCIDENT)
    assert await opened_incident(ledger) == INCIDENT


async def test_two_sessions_that_approve_the_same_plan_have_one_winner_and_the_other_hears_who_and_when(
    ledger: LocalLedger, colleague: LocalLedger
) -> None:
    incident = await opened_incident(ledger)
    seq = len(await colleague.read(incident))
    approved: list[Event] = [PlanApproved(digest="d" * 64, by="lea")]
    winner = (await ledger.append(incident, approved, expected_seq=seq, actor="lea"))[0]
    with pytest.raises(Conflict, match="by lea at 2025-01-09T10:30") as refused:
        await colleague.append(incident, approved, expected_seq=seq, actor="noe")
    assert (refused.value.winner, refused.value.at, refused.value.seq) == ("lea", winner.at, winner.seq)
    assert len(await colleague.read(incident)) == 2


async def test_a_follower_sees_what_another_session_appends(ledger: LocalLedger, colleague: LocalLedger) -> None:
    incident = await opened_incident(ledger)
    following = colleague.follow(incident, since=1)
    step = asyncio.ensure_future(anext(following))
    await ledger.append(incident, [note("a"), note("b")], expected_seq=1, actor="lea")
    async with asyncio.timeout(3):
        assert [record.seq for record in await step] == [2, 3]


async def test_an_event_of_a_newer_version_is_kept_and_shown_as_unknown(ledger: LocalLedger) -> None:
    incident = await opened_incident(ledger)
    newer = Unknown(type="moon.observed", payload={"type": "moon.observed", "phase": "full"})
    misshapen = Unknown(type="note.added", payload={"type": "note.added", "text": 5})
    await ledger.append(incident, [newer, misshapen], expected_seq=1, actor="lea")
    again = LocalLedger(ledger.directory, lambda: AT)
    assert [record.event for record in (await again.read(incident))[1:]] == [newer, misshapen]
    assert again.verify(incident)[2] is None
    assert (await again.incident(incident)).seq == 3
    again.close()


async def test_every_event_of_the_scenario_reads_as_it_was_written(ledger: LocalLedger, colleague: LocalLedger) -> None:
    incident = await told_incident(ledger)
    assert await colleague.read(incident) == await ledger.read(incident)
    events = [record.event for record in await colleague.read(incident)]
    assert not [event for event in events if isinstance(event, Unknown)]
    assert all(parse_event(event.model_dump(mode="json")) == event for event in events)
    assert (await colleague.incident(incident)).state == "closed"


async def test_the_head_is_the_last_event_s_hash_and_verifies(ledger: LocalLedger) -> None:
    incident = await told_incident(ledger)
    records = await ledger.read(incident)
    assert ledger.verify(incident) == (records[-1].hash, len(records), None)
    assert (await ledger.incident(incident)).head == records[-1].hash


async def test_captured_evidence_is_kept_whole_under_its_digest(ledger: LocalLedger, colleague: LocalLedger) -> None:
    incident = await opened_incident(ledger)
    digest = ledger.journal(incident).keep("a thousand lines")
    assert ledger.journal(incident).keep("a thousand lines") == digest
    assert colleague.journal(incident).kept(digest) == "a thousand lines"
    assert colleague.journal(incident).kept("0" * 64) is None
    assert ledger.verify(incident)[2] is None


@pytest.mark.parametrize("name", ["INC-2025-0109-7", "../../etc/passwd", "", "INC-2025-0109-1.journal"])
async def test_what_is_no_incident_is_said_to_be_none(ledger: LocalLedger, name: str) -> None:
    with pytest.raises(Missing, match="there is no such incident"):
        await ledger.read(name)


async def test_summaries_follow_their_journals_and_come_from_the_cache(
    ledger: LocalLedger, colleague: LocalLedger
) -> None:
    incident = await told_incident(ledger)
    second = await opened_incident(ledger, "report-2")
    assert [(s.incident, s.state) for s in ledger.summaries()] == [(incident, "closed"), (second, "open")]
    path = ledger.shelf.path(incident)
    path.write_bytes(b"x" * path.stat().st_size)  # whoever reads it finds it damaged
    assert [summary.incident for summary in colleague.summaries()] == [incident, second]
    assert colleague.damaged == {}
    await colleague.append(second, [note("grown")], expected_seq=1, actor="noe")
    assert [summary.size for summary in ledger.summaries()][1] == ledger.shelf.path(second).stat().st_size


async def test_one_damaged_journal_is_named_and_hides_no_other(ledger: LocalLedger, colleague: LocalLedger) -> None:
    first, second = await opened_incident(ledger), await opened_incident(ledger, "report-2")
    path = ledger.shelf.path(first)
    path.write_bytes(path.read_bytes().replace(b"incident.opened", b"incident.opemed"))
    assert [summary.incident for summary in colleague.summaries()] == [second]
    assert "line 2 is damaged" in str(colleague.damaged[first])
    assert await opened_incident(colleague, "report-3") == "INC-2025-0109-3"


async def test_a_damaged_cache_is_rebuilt(ledger: LocalLedger, colleague: LocalLedger) -> None:
    incident = await opened_incident(ledger)
    ledger.summaries()
    (ledger.directory / "summaries.journal").write_bytes(b"nonsense\n")
    assert [summary.incident for summary in colleague.summaries()] == [incident]


async def test_search_finds_client_cause_and_words_newest_first(ledger: LocalLedger) -> None:
    first = await told_incident(ledger)
    second = await opened_incident(ledger, "report-2")
    assert [s.incident for s in ledger.search(["CLIENT-existant.fr", "bloqués"])] == [second, first]
    assert [s.incident for s in ledger.search(["stripe.api_key_expired"])] == [first]
    assert ledger.search(["bloqués", "nowhere"]) == []


async def test_thousands_of_incidents_need_few_open_files(ledger: LocalLedger) -> None:
    names = [await opened_incident(ledger, f"report-{n}", DAY + timedelta(days=n)) for n in range(150)]
    held = ledger.journal(names[0])
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in names:
        await ledger.read(name)
    assert len(ledger.summaries()) == 150
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2
    assert held.append([note("still here")], 1, AT, "lea")[0].seq == 2
    assert (await ledger.read(names[0], since=1))[0].event == note("still here")


async def test_the_local_ledger_keeps_the_promises_of_a_ledger(ledger: LocalLedger) -> None:
    seam: Ledger = ledger
    assert (await seam.read_desk(), seam.summaries(), seam.search(["x"])) == ([], [], [])


async def test_a_big_journal_is_read_as_a_small_one(ledger: LocalLedger, colleague: LocalLedger) -> None:
    incident = await opened_incident(ledger)
    await ledger.append(incident, [note(f"{n} " + "x" * 2000) for n in range(1000)], expected_seq=1, actor="lea")
    records = await colleague.read(incident)
    assert [record.seq for record in records] == list(range(1, 1002))
    await colleague.append(incident, [note("next")], expected_seq=1001, actor="noe")


async def test_the_desk_has_its_own_chain(ledger: LocalLedger, colleague: LocalLedger) -> None:
    assert await ledger.read_desk() == []
    assert ledger.verify(None)[1:] == (0, None)
    await ledger.append_desk([note("one")], expected_seq=None, actor="lea")
    await colleague.append_desk([note("two")], expected_seq=1, actor="noe")
    assert [r.event.text for r in await ledger.read_desk() if isinstance(r.event, NoteAdded)] == ["one", "two"]
    assert ledger.verify(None)[1:] == (2, None)


async def test_many_processes_that_open_incidents_at_once_never_share_an_id(ledger: LocalLedger) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom store.ledger import LocalLedger\n"
        "from tests.support.journals import SteppingClock, opened_incident\n"
        "ledger = LocalLedger(Path(sys.argv[1]), SteppingClock())\n"
        "for n in range(5): asyncio.run(opened_incident(ledger, f'{sys.argv[2]}-{n}'))\n"
    )
    command = [sys.executable, "-c", script, str(ledger.directory)]
    root = Path(__file__).parents[2]
    running = [await asyncio.create_subprocess_exec(*command, name, cwd=root) for name in "abc"]
    assert [await process.wait() for process in running] == [0, 0, 0]
    firsts = [(await ledger.read(name))[0].event for name in ledger.incidents()]
    reports = {event.report for event in firsts if isinstance(event, IncidentOpened)}
    assert reports == {f"{name}-{n}" for name in "abc" for n in range(5)}
    assert ledger.incidents() == [f"INC-2025-0109-{n}" for n in range(1, 16)]
