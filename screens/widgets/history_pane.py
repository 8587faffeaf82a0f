"""The timeline of an incident's events."""

from textual.reactive import var

from screens.line import run
from screens.look import Look
from screens.render.history import history
from screens.snapshot import Snapshot
from screens.widgets.list_pane import ListPane, Row


class HistoryPane(ListPane):
    """Every event read so far; the newest stays in view while the cursor stands on it."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def __init__(self, look: Look) -> None:
        super().__init__(look, 5, "history")

    def rows(self, width: int) -> list[Row]:
        """Return a row an event."""
        if self.snapshot is None or self.snapshot.incident is None:
            return [("", [run(self.look.words("history.none"), "dim")])]
        lines = history(self.snapshot.records, self.look, width, self.snapshot.incident.time_zone)
        return [(key, [line]) for key, line in lines]

    def watch_snapshot(self, before: Snapshot | None, after: Snapshot | None) -> None:
        """Show the new state; follow the end where the cursor stood there."""
        last = str(before.records[-1].seq) if before and before.records else self.cursor
        self.redraw()
        if after and after.records and self.cursor in ("", last):
            self.place(str(after.records[-1].seq))
