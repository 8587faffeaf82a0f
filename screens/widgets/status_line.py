"""The status line of the main screen."""

from textual.reactive import var

from screens.line import Line
from screens.render.status import status
from screens.snapshot import Snapshot
from screens.widgets.lines import Lines


class StatusLine(Lines):
    """One line; a tick repaints the digits that changed."""

    snapshot: var[Snapshot | None] = var(None, init=False)
    lofi: var[bool] = var(default=False, init=False)

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        del height
        return [status(self.snapshot, self.look, width, lofi=self.lofi)] if self.snapshot else []

    def watch_snapshot(self) -> None:
        """Show the new state."""
        self.redraw()

    def watch_lofi(self) -> None:
        """Show that repaints are spared."""
        self.redraw()
