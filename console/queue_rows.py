"""The queue as the screens show it: most urgent first."""

from collections.abc import Collection

from console.wiring import World
from store.feed import QueueRow
from store.summary import Summary


def queue_rows(world: World, ours: Collection[str]) -> tuple[QueueRow, ...]:
    """Return a row an incident; `ours` are those that this session works."""
    return tuple(sorted((_row(world, summary, ours) for summary in world.summaries()), key=_urgency))


def _row(world: World, summary: Summary, ours: Collection[str]) -> QueueRow:
    free = summary.incident in ours or summary.state == "closed"
    return QueueRow(
        incident=summary.incident,
        report=summary.report,
        client=summary.client,
        title=summary.title,
        priority=summary.priority,
        state=summary.state,
        received_at=summary.received_at,
        deadline=summary.deadline,
        resolved_at=summary.resolved_at,
        cause=summary.cause,
        paused_at=summary.paused_at,
        holder="" if free else world.ledger.holder(summary.incident),
        reports=len(summary.reports),
    )


def _urgency(row: QueueRow) -> tuple[bool, str, float]:
    """Under work before closed, then by priority, then by the time left."""
    left = row.deadline.timestamp() if row.deadline else float("inf")
    return (row.state == "closed", row.priority, left)
