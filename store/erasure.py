"""A client's right to erasure: payloads go, the chain of hashes stays and still verifies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.events import PostmortemPublished, ReportReceived, ReportRouted
from store.ledger import LocalLedger
from store.recorded import Recorded
from store.summary import Summary


@dataclass(frozen=True, slots=True)
class Purged:
    """What was erased: incidents, reports; and what was left, since it is still under work."""

    incidents: tuple[str, ...]
    reports: tuple[str, ...]
    left: tuple[str, ...]
    documents: tuple[str, ...]
    """Paths of published post-mortems, which lie outside the journals and are the caller's to remove."""


async def purge(ledger: LocalLedger, client: str, before: datetime) -> Purged:
    """Erase a client's closed incidents that opened before an instant, and its reports outside them.

    The desk goes first and an incident's journal last, so that a purge that died is found and finished
    by the next one. Exported replay files are not known here.

    Raises:
        Unwritable: what is not erased yet is as it was.
    """
    mine = [s for s in ledger.summaries() if s.client == client and s.opened_at < before]
    closed = [summary for summary in mine if summary.state == "closed"]
    left = {summary.incident for summary in mine if summary.state != "closed"}
    reports = await _purge_desk(ledger, client, before, closed)
    documents: list[str] = []
    for incident in (summary.incident for summary in closed):
        documents += _documents(await ledger.read(incident))
        ledger.lines(incident).erase()
        ledger.journal(incident).erase()
    ledger.catalogue.forget([summary.incident for summary in closed])
    return Purged(tuple(s.incident for s in closed), reports, tuple(sorted(left)), tuple(documents))


async def _purge_desk(ledger: LocalLedger, client: str, before: datetime, closed: Sequence[Summary]) -> tuple[str, ...]:
    """Erase the reports of the closed incidents, and the client's own that belong to none."""
    records = await ledger.read_desk()
    erased = {summary.incident for summary in closed}
    routed = {r.event.report: r.event.incident for r in records if isinstance(r.event, ReportRouted)}
    reports = {
        record.event.report
        for record in records
        if isinstance(record.event, ReportReceived)
        and (
            routed.get(record.event.report) in erased
            or (
                record.event.report in routed
                and routed[record.event.report] is None
                and record.event.reading.client == client
                and record.at < before
            )
        )
    }
    about = [r.seq for r in records if isinstance(r.event, ReportReceived | ReportRouted) and r.event.report in reports]
    if about:
        ledger.shelf.desk().erase(about)
    return tuple(sorted(reports))


def _documents(records: Sequence[Recorded]) -> list[str]:
    return [record.event.path for record in records if isinstance(record.event, PostmortemPublished)]
