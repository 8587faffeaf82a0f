"""The intake queue."""

from textual.reactive import var

from screens.look import Look
from screens.render.queue import queue
from screens.snapshot import Snapshot
from screens.widgets.list_pane import ListPane, Row


class QueuePane(ListPane):
    """Incidents and reports, most urgent first."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def __init__(self, look: Look) -> None:
        super().__init__(look, 1, "queue")

    @property
    def title(self) -> str:
        """The name, with how many rows there are."""
        count = len(self.snapshot.rows) if self.snapshot else 0
        return f"{super().title} ({count})"

    def rows(self, width: int) -> list[Row]:
        """Return a row an incident or report."""
        return queue(self.snapshot, self.look, width) if self.snapshot else []

    def watch_snapshot(self, before: Snapshot | None, now: Snapshot | None) -> None:
        """Show the new state; the cursor goes to the incident that came before the eyes."""
        self.redraw()
        if now and now.selected and (before is None or before.selected != now.selected):
            self.place(now.selected)
