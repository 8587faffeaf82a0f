"""The phase tree, with the skills as leaves."""

from textual.reactive import var

from screens.line import run
from screens.look import Look
from screens.render.phases import opened_by_default, phases
from screens.snapshot import Snapshot
from screens.widgets.list_pane import ListPane, Row


class PhasePane(ListPane):
    """Phases fold and unfold with the open key; a leaf that is opened shows what its skill did."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def __init__(self, look: Look) -> None:
        super().__init__(look, 2, "phases")
        self._turned: set[str] = set()
        """Phases whose fold is the other way round than by default."""

    def rows(self, width: int) -> list[Row]:
        """Return a row a phase and a row a visible leaf."""
        incident = self.snapshot.incident if self.snapshot else None
        if self.snapshot is None or incident is None:
            return [("", [run(self.look.words("phases.none"), "dim")])]
        opened = opened_by_default(incident, self.size.height - 1) ^ self._turned
        return [(key, [line]) for key, line in phases(incident, self.snapshot.now, self.look, width, opened)]

    def watch_snapshot(self) -> None:
        """Show the new state."""
        self.redraw()

    def action_open(self) -> None:
        """Fold or unfold a phase; open a leaf."""
        if "/" in self.cursor:
            super().action_open()
        elif self.cursor:
            self._turned ^= {self.cursor}
            self.redraw()
