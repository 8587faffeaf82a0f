"""The five panes and where they stand; the digit keys, zoom, and what the terminal's size leaves room for."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from screens.layout import Mode, mode_of, places, shown
from screens.look import Look
from screens.snapshot import Snapshot
from screens.widgets.finding_pane import FindingPane
from screens.widgets.history_pane import HistoryPane
from screens.widgets.log_pane import LogPane
from screens.widgets.pane import Pane, Tab
from screens.widgets.phase_pane import PhasePane
from screens.widgets.queue_pane import QueuePane


class Panes(Container):
    """Lays its panes out for its own size; a pane without a place of its own is a tab of another's."""

    def __init__(self, look: Look) -> None:
        super().__init__(id="panes")
        self._panes: tuple[Pane, ...] = (
            QueuePane(look),
            PhasePane(look),
            FindingPane(look),
            LogPane(look),
            HistoryPane(look),
        )
        self._recent: list[int] = []
        self._zoomed: int | None = None
        self.mode: Mode = "wide"

    def compose(self) -> ComposeResult:
        """Yield the panes by number."""
        yield from self._panes

    def pane(self, number: int) -> Pane:
        """Return a pane by its number, counted from 1."""
        return self._panes[number - 1]

    @property
    def logs(self) -> LogPane:
        """The pane of the logs."""
        return self.query_one(LogPane)

    def show(self, snapshot: Snapshot) -> None:
        """Hand the panes a new state; those out of sight take it too, and paint nothing."""
        for kind in (QueuePane, PhasePane, FindingPane, HistoryPane):
            self.query_one(kind).snapshot = snapshot  # type: ignore[attr-defined]  # each of them has it
        self.logs.time_zone = snapshot.incident.time_zone if snapshot.incident else ""
        self.logs.mark(snapshot.incident.evidence if snapshot.incident else ())

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size."""
        self.mode = mode_of(event.size.width, self.screen.size.height)
        self.settle()

    def focus_pane(self, number: int) -> None:
        """Bring a pane to the front and give it the focus."""
        self._recent = [*(n for n in self._recent if n != number), number]
        if self._zoomed:
            self._zoomed = number
        self.settle()
        self.pane(number).focus()

    def bring(self, number: int) -> None:
        """Bring a pane to the front, the focus staying where it is, unless that pane goes out of sight."""
        self._recent = [*(n for n in self._recent if n != number), number]
        self.settle()
        if not any(pane.has_focus and pane.display for pane in self._panes):
            self.pane(number).focus()

    def zoom(self) -> None:
        """Give the focused pane all the room, or give it back."""
        focused = next((pane.number for pane in self._panes if pane.has_focus), None)
        self._zoomed = None if self._zoomed else focused
        self.settle()

    @property
    def zoomed(self) -> bool:
        """Whether one pane has all the room."""
        return self._zoomed is not None

    def settle(self) -> None:
        """Show each place's pane, with the other panes of the place as tabs."""
        slots = places(self.mode, self._zoomed)
        front = shown(slots, self._recent)
        for mode in ("wide", "medium", "small"):
            self.set_class(mode == self.mode and not self._zoomed, f"-{mode}")
        self.set_class(self._zoomed is not None, "-zoomed")
        for pane in self._panes:
            pane.display = pane.number in front
            slot = next((slot for slot in slots if pane.number in slot), ())
            pane.tabs = tuple(Tab(n, self.pane(n).short) for n in slot)
            pane.edge = len(front) > 1 and pane.number in front[1:3] and (self.mode == "wide" or pane.number == 3)
            pane.redraw()
