"""A client's data can be erased by law, and the chains still verify."""

from datetime import timedelta
from pathlib import Path

from store.erasure import purge
from store.events import Event, ReportReceived, ReportRouted
from store.feed import LogEntry
from store.ledger import LocalLedger
from tests.support import scenario_parts as part
from tests.support.journals import AT, opened_incident, told_incident

LATER = AT + timedelta(days=365)


def received(report: str, incident: str | None) -> list[Event]:
    mail = ReportReceived(report=report, source="maildir", mail=part.MAIL, reading=part.READING)
    return [mail, ReportRouted(report=report, incident=incident, reason="ne peuvent plus payer")]


def bytes_of(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


async def test_a_purge_leaves_no_word_of_the_client_and_every_chain_intact(
    ledger: LocalLedger, colleague: LocalLedger
) -> None:
    incident = await told_incident(ledger)
    await ledger.append_desk([*received("report-1", incident), *received("noise", None)], expected_seq=0, actor="lea")
    ledger.journal(incident).keep("Jean Martin's log")
    ledger.lines(incident).append([LogEntry(AT, "7d9", "Jean Martin paid")])
    ledger.summaries()
    heads = ledger.verify(incident)[:2], ledger.verify(None)[:2]
    assert b"Jean Martin" in bytes_of(ledger.directory)

    purged = await purge(ledger, part.CLIENT, LATER)

    assert (purged.incidents, purged.reports, purged.left) == ((incident,), ("noise", "report-1"), ())
    assert purged.documents[0].endswith(f"{incident}.md")
    left = bytes_of(ledger.directory)
    assert b"Jean Martin" not in left
    assert part.CLIENT.encode() not in left
    for session in (ledger, colleague):
        assert (session.verify(incident), session.verify(None)) == ((*heads[0], None), (*heads[1], None))
        assert session.summaries() == []
    assert (await purge(colleague, part.CLIENT, LATER)).incidents == ()


async def test_what_is_newer_of_others_or_still_under_work_stays(ledger: LocalLedger) -> None:
    closed = await told_incident(ledger)
    under_work = await opened_incident(ledger, "report-2")
    await ledger.append_desk(received("report-2", under_work), expected_seq=0, actor="lea")
    before = bytes_of(ledger.directory / "incidents")
    assert (await purge(ledger, "other.example", LATER)).incidents == ()
    assert (await purge(ledger, part.CLIENT, AT)).incidents == ()
    assert bytes_of(ledger.directory / "incidents") == before
    purged = await purge(ledger, part.CLIENT, LATER)
    assert (purged.incidents, purged.left, purged.reports) == ((closed,), (under_work,), ())
    assert (await ledger.incident(under_work)).client == part.CLIENT
