"""What was found, or the plan that would mend it."""

from collections.abc import Sequence

from textual.reactive import var

from screens.line import Line, run
from screens.look import Look
from screens.render.finding import finding
from screens.snapshot import Snapshot
from screens.widgets.pane import Pane


class FindingPane(Pane):
    """The finding of the incident that is looked at."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def __init__(self, look: Look) -> None:
        super().__init__(look, 3, "finding")

    def body(self, width: int) -> Sequence[Line]:
        """Return the finding's lines; they keep a cell's distance from the gutter."""
        incident = self.snapshot.incident if self.snapshot else None
        if incident is None:
            return [run(f" {self.look.words('finding.none')}", "dim")]
        return [((" ", ""), *line) for line in finding(incident, self.look, width - 2)]

    def watch_snapshot(self) -> None:
        """Show the new state."""
        self.redraw()
