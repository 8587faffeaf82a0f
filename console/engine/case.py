"""An incident under work: its journal read as far as it goes, and the one way to append to it."""

import asyncio
from collections.abc import Callable, Sequence

from console.engine.decide import Asker, decide
from skills.contract import Scratch
from store.commands import Command, Refusal
from store.errors import Conflict
from store.events import IncidentEvent
from store.fold import Fold
from store.incident import Incident
from store.ledger import Ledger
from store.recorded import Recorded


class Case:
    """One incident's log as this process knows it. `changed` is set whenever it has grown."""

    def __init__(self, ledger: Ledger, incident_id: str, on_growth: Callable[[], object] = lambda: None) -> None:
        self.id = incident_id
        self.records: list[Recorded] = []
        self.changed = asyncio.Event()
        self.scratch = Scratch()
        self._growth = asyncio.Condition()
        self._ledger = ledger
        self._on_growth = on_growth
        self._fold = Fold()
        self._writing = asyncio.Lock()

    @property
    def incident(self) -> Incident:
        """The incident at the end of the log.

        Raises:
            LookupError: the journal does not open an incident.
        """
        incident = self._fold.incident
        if incident is None:
            raise LookupError(f"{self.id}: no incident was opened under this name")
        return incident

    async def refresh(self) -> bool:
        """Read what has come since; return whether anything has."""
        fresh = await self._ledger.read(self.id, since=len(self.records))
        await self._take(fresh)
        return bool(fresh)

    async def grown(self, seen: int) -> None:
        """Wait until the log has more than `seen` events."""
        async with self._growth:
            await self._growth.wait_for(lambda: len(self.records) > seen)

    async def record(self, *events: IncidentEvent, actor: str) -> None:
        """Append facts: they are true whatever else was written meanwhile."""
        async with self._writing:
            while True:
                try:
                    seen = len(self.records)
                    await self._take(await self._ledger.append(self.id, events, expected_seq=seen, actor=actor))
                except Conflict:
                    await self.refresh()
                else:
                    return

    async def submit(self, command: Command, asker: Asker) -> Refusal | None:
        """Decide a command against the log as it stands at the very append."""
        async with self._writing:
            while True:
                decision = decide(self.incident, command, asker)
                if isinstance(decision, Refusal):
                    return decision
                try:
                    written = await self._ledger.append(
                        self.id, decision, expected_seq=len(self.records), actor=asker.by
                    )
                except Conflict:
                    await self.refresh()
                else:
                    await self._take(written)
                    return None

    async def _take(self, read: Sequence[Recorded]) -> None:
        fresh = [record for record in read if record.seq > len(self.records)]  # two readers may bring the same
        for record in fresh:
            self._fold.add(record)
            self.records.append(record)
        if fresh:
            self.changed.set()
            self._on_growth()
            async with self._growth:
                self._growth.notify_all()
