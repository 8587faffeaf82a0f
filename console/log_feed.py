"""The part of the live feed that is about logs."""

from collections.abc import Sequence

from console.followed_logs import FollowedLogs
from console.session import Session
from store.commands import Refusal
from store.feed import KeptLines, LogEntry, LogPattern


class LogFeed:
    """Implements what `store.feed.Feed` says of logs, over a session."""

    def __init__(self, session: Session) -> None:
        self._logs = FollowedLogs(session)

    def log(self, incident: str) -> KeptLines:
        """Return the log as far as it has come and is kept."""
        return self._logs.log(incident)

    async def patterns(self, incident: str) -> Sequence[LogPattern]:
        """Return the log's lines grouped."""
        return await self._logs.patterns(incident)

    async def previous(self, incident: str, pod: str) -> Sequence[LogEntry] | Refusal:
        """Return what a pod's container said before its last restart."""
        return await self._logs.previous(incident, pod)
