"""Cuts of several streams told as one: the first to break begins it, the last to be back ends it."""

from collections.abc import Callable
from datetime import datetime

from skills.clients.cluster import Break
from store.feed import LogEntry
from store.safe_text import plain


class Outages:
    """Takes what each stream says of its breaks; hands on one note when lines stop and one when they go on."""

    def __init__(self, now: Callable[[], datetime], note: Callable[[LogEntry], None]) -> None:
        self._now, self._note = now, note
        self._broken: dict[str, str] = {}
        self._pods: set[str] = set()
        self._since: datetime | None = None

    def of(self, stream: str, pod: str = "") -> Break:
        """Return what a stream tells its breaks to; `pod` is the one that it is about, empty for all."""

        def told(reason: str) -> None:
            if reason:
                self._cut(stream, pod, reason)
            else:
                self.left(stream)

        return told

    def left(self, stream: str) -> None:
        """Wait for a stream no longer: it is back, or has ended."""
        if self._broken.pop(stream, None) is not None and not self._broken:
            self._note(LogEntry(self._now(), self._about(), "", note="resumed", since=self._since))
            self._pods, self._since = set(), None

    def _cut(self, stream: str, pod: str, reason: str) -> None:
        first = not self._broken
        self._broken[stream] = pod
        self._pods.add(pod)
        if first:
            self._since = self._now()
            self._note(LogEntry(self._since, pod, plain(reason), note="cut"))

    def _about(self) -> str:
        return next(iter(self._pods)) if len(self._pods) == 1 else ""
