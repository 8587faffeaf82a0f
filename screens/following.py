"""A screen that follows a feed: a worker posts what changed, handlers read it, one reactive holds what is shown."""

from dataclasses import dataclass, replace

from textual import on, work
from textual.message import Message
from textual.reactive import var

from screens import cells
from screens.base import ConsoleScreen
from screens.look import Look
from screens.snapshot import Snapshot, take
from screens.widgets.log_pane import LogPane
from store.feed import Feed, Notification

_LOG_SECONDS = 1.0
_LOFI_LOG_SECONDS = 2.0
_LOFI_TICKS = 10


class FollowingScreen(ConsoleScreen[None]):
    """Keeps `snapshot` up to date. In LO-FI, clocks move every ten seconds and log lines come in larger lots."""

    snapshot: var[Snapshot | None] = var(None, init=False)
    lofi: var[bool] = var(default=False, init=False)

    @dataclass
    class Changed(Message):
        """The feed said that something changed."""

        notification: Notification

        def can_replace(self, message: Message) -> bool:
            """A flood of equal notices ends as its last; every toast is shown."""
            return (
                isinstance(message, type(self))
                and message.notification == self.notification
                and not self.notification.text
            )

    def __init__(self, feed: Feed, look: Look) -> None:
        super().__init__(feed, look)
        self._ticks = 0
        self._logs_due = False
        self._grouping = False
        self._forced_lofi: bool | None = None
        self._touched = False

    def on_mount(self) -> None:
        """Read what there is, then follow."""
        self.snapshot = take(self.feed, "")
        self._enter()
        self._listen()
        self.set_interval(1, self._tick)

    def select(self, incident: str) -> None:
        """Look at another incident, and stay there; until then the most urgent one is looked at."""
        self._touched = True
        self.snapshot = take(self.feed, incident)
        self._enter()

    def on_key(self) -> None:
        """Note that a person is at work: from now on no other incident comes before their eyes by itself."""
        self._touched = True

    def _enter(self) -> None:
        self.query_one(LogPane).clear()
        if self.snapshot and self.snapshot.selected:
            self.run_worker(self.feed.select(self.snapshot.selected), group="select", exclusive=True)
            self.read_logs()

    @work(group="feed")
    async def _listen(self) -> None:
        async for notification in self.feed.notifications():
            self.post_message(self.Changed(notification))

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        notification = event.notification
        if notification.text:
            self.toast(notification.text, notification.severity)
            if notification.ring:
                self.summon(notification.text)
        if notification.kind != "log":
            self._read()
        if notification.kind in ("log", "incident") and not self._logs_due:
            self._logs_due = True
            self.set_timer(_LOFI_LOG_SECONDS if self.lofi else _LOG_SECONDS, self.read_logs)

    def _read(self) -> None:
        before = self.snapshot
        self.snapshot = now = take(self.feed, before.selected if before and self._touched else "")
        if now.selected and (before is None or before.selected != now.selected):
            self._enter()
        refused = now.incident.secret.refused if now.incident and now.incident.secret else ""
        known = before.incident.secret.refused if before and before.incident and before.incident.secret else ""
        if refused and refused != known:
            reason = self.look.words.among(f"secret_refused.{refused}", refused)
            self.toast(f"{self.look.words('secret.refused')}: {reason}", "warning")

    def read_logs(self) -> None:
        """Show what has come to the logs; and where they are grouped, the patterns."""
        self._logs_due = False
        if self.snapshot and self.snapshot.selected:
            logs = self.query_one(LogPane)
            logs.take(self.feed.log(self.snapshot.selected))
            if logs.grouped:
                self._read_patterns(self.snapshot.selected)

    @work(group="patterns")
    async def _read_patterns(self, incident: str) -> None:
        if not self._grouping:
            self._grouping = True
            patterns = await self.feed.patterns(incident)
            self._grouping = False
            self.query_one(LogPane).group(patterns)

    def _tick(self) -> None:
        self._ticks += 1
        if self.snapshot is None or (self.lofi and self._ticks % _LOFI_TICKS):
            return
        link = self.feed.link()
        if self._forced_lofi is None:
            self.lofi = cells.slow(link)
        self.snapshot = replace(self.snapshot, now=self.feed.now(), link=link)

    def action_lofi(self) -> None:
        """Spare repaints, or no longer; the person's word goes before the measurement."""
        self._forced_lofi = not self.lofi
        self.lofi = self._forced_lofi
