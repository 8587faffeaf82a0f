"""The timeline of an incident's events."""

from textual.reactive import var

from screens.line import Line, run
from screens.look import Look
from screens.render.history import history
from screens.snapshot import Snapshot
from screens.widgets.list_pane import ListPane, Row
from screens.widgets.pane import Pane


class HistoryPane(ListPane):
    """Every event read so far; the newest stays in view while the cursor stands on it."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def __init__(self, look: Look) -> None:
        super().__init__(look, 5, "history")
        self._following = True
        self._written: list[Row] = []
        """Rows are made once: a record never changes. They hold for `_width`, up to the record `_head`."""
        self._width = 0
        self._head = ""

    @property
    def _last(self) -> str:
        return str(self.snapshot.records[-1].seq) if self.snapshot and self.snapshot.records else ""

    def rows(self, width: int) -> list[Row]:
        """Return a row an event."""
        if self.snapshot is None or self.snapshot.incident is None:
            return [("", [run(self.look.words("history.none"), "dim")])]
        records, known = self.snapshot.records, len(self._written)
        if width != self._width or known > len(records) or (known and records[known - 1].hash != self._head):
            self._written, known = [], 0
        fresh = history(records[known:], self.look, width, self.snapshot.incident.time_zone)
        self._written += [(key, [line]) for key, line in fresh]
        self._width, self._head = width, records[-1].hash if records else ""
        return self._written

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the events, down to the newest unless the cursor was moved away from it."""
        if self._following:
            self.cursor = self._last
            self.set_reactive(Pane.top, len(self.snapshot.records) if self.snapshot else 0)
        return super().frame(width, height)

    def place(self, key: str) -> None:
        """Put the cursor on an event."""
        self._following = key == self._last
        super().place(key)

    def watch_snapshot(self) -> None:
        """Show the new state."""
        self.redraw()
