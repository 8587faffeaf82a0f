"""The main screen: queue, phases, finding, logs, and what to do next, all from one frozen snapshot."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from screens.ask import Answer, Ask
from screens.desk_work import DESK_WORK, seek
from screens.following import FollowingScreen
from screens.keymap import bindings
from screens.log_work import LOG_WORK
from screens.panes import Panes
from screens.reading import ReadingScreen, StepScreen
from screens.render.guidance import hint
from screens.render.history import in_full
from screens.snapshot import Snapshot
from screens.widgets.footer import HintLine, NextLine
from screens.widgets.list_pane import ListPane
from screens.widgets.replay_bar import ReplayBar
from screens.widgets.status_line import StatusLine
from screens.work import WORK
from store.commands import Command

_USUAL = ("palette", "help", "pane_1", "logs", "filter", "next_error", "zoom", "mail", "postmortem", "note")
_IN_LOGS = ("filter", "next_error", "evidence", "patterns", "previous", "follow", "wrap", "zoom", "help", "palette")


class IncidentScreen(FollowingScreen):
    """Shows one incident of the desk. Whatever it shows comes from the feed; whatever it does is a command."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("console", "logs", "replay")
    CSS_PATH = "incident.tcss"

    def compose(self) -> ComposeResult:
        """Lay the screen out from top to bottom."""
        yield StatusLine(self.look, id="status")
        yield Panes(self.look)
        if self.feed.transport is not None:
            yield ReplayBar(self.look, id="replay")
        yield NextLine(self.look, id="next")
        yield HintLine(self.look, id="hints")

    def painted(self) -> None:
        """Give the focus to the finding, which says most."""
        if self.focused is None:
            self.action_pane(3)

    @property
    def panes(self) -> Panes:
        """The panes."""
        return self.query_one(Panes)

    @property
    def shown(self) -> Snapshot | None:
        """What is shown."""
        return self.snapshot

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Hand the state on; each widget sends what differs."""
        if snapshot is None:
            return
        self.panes.show(snapshot)
        self.query_one(StatusLine).snapshot = snapshot
        self.query_one(NextLine).snapshot = snapshot
        for bar in self.query(ReplayBar):
            bar.snapshot = snapshot
        self._hint(snapshot)

    def on_descendant_focus(self) -> None:
        """Name the keys of what has the focus."""
        if self.snapshot:
            self._hint(self.snapshot)

    def _hint(self, snapshot: Snapshot) -> None:
        wanted = hint(snapshot, self.look).action
        proposed = snapshot.incident and snapshot.incident.plan and snapshot.incident.plan.state == "proposed"
        usual = _IN_LOGS if self.panes.logs.has_focus else _USUAL
        order = (wanted, "reject" if proposed and not snapshot.position else "", *usual)
        self.query_one(HintLine).actions = tuple(dict.fromkeys(action for action in order if action))

    def watch_lofi(self, lofi: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """Say so in the status line."""
        self.query_one(StatusLine).lofi = lofi

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of a replay unbound where there is nothing to replay."""
        if action == "transport":
            return self.feed.transport is not None
        return super().check_action(action, parameters)

    def open(self, sheet: Screen[Any]) -> None:
        """Open a sheet; the command that it returns is asked for."""
        self.app.push_screen(sheet, lambda command: self.request(command) if command else None)

    def ask(self, ask: Ask, command: Callable[[Answer], Command | None]) -> None:
        """Ask a question; the command that its answer makes, if any, is asked for."""

        def answered(answer: Answer | None) -> None:
            if answer and (made := command(answer)):
                self.request(made)

        self.app.push_screen(ask, answered)

    def request(self, command: Command) -> None:
        """Ask for a command."""
        self.run_worker(self.submit(command))

    def say(self, key: str) -> None:
        """Show a text of the locale."""
        self.toast(self.look.words(key))

    def action_work(self, name: str) -> None:
        """Do what a key asks for."""
        incident = self.snapshot.incident if self.snapshot else None
        if work := DESK_WORK.get(name):
            work(self)
        elif incident:
            WORK[name](self, incident)
        else:
            self.say("nothing.selected")

    def action_pane(self, number: int) -> None:
        """Bring a pane to the front."""
        self.panes.focus_pane(number)

    def action_zoom(self) -> None:
        """Give the focused pane all the room, or give it back."""
        self.panes.zoom()

    def action_leave(self) -> None:
        """Give the room back; there is no screen behind this one, so say how the console is left."""
        if self.panes.zoomed:
            self.panes.zoom()
        else:
            self.say("nothing.behind")

    def action_logs(self, name: str) -> None:
        """Do what a key of the logs asks for."""
        logs, incident = self.panes.logs, self.snapshot.incident if self.snapshot else None
        self.panes.bring(4)
        if name not in LOG_WORK:
            logs.do(name)
            self.read_logs()
        elif incident:
            LOG_WORK[name](self, logs, incident)

    def action_transport(self, name: str) -> None:
        """Do what a key of the replay asks for."""
        seek(self, name)

    @on(ListPane.Opened)
    def _opened(self, event: ListPane.Opened) -> None:
        snapshot = self.snapshot
        if event.pane.number == 1:
            if snapshot and event.key in {row.incident for row in snapshot.rows}:
                self.select(event.key)
        elif snapshot and snapshot.incident and event.pane.number == 2:
            self.open(StepScreen(self.feed, self.look, snapshot.incident, event.key))
        elif snapshot and snapshot.incident:
            for record in (record for record in snapshot.records if str(record.seq) == event.key):
                self.open(ReadingScreen(self.feed, self.look, snapshot.incident, in_full(record)))
