"""The log of a pod's container before its last restart, to read in full."""

from collections.abc import Sequence

from screens.line import Line
from screens.look import Look
from screens.reading import ReadingScreen
from screens.render.logs import log_lines
from store.feed import Feed, LogEntry
from store.incident import Incident


class LogSheet(ReadingScreen):
    """Log lines, wrapped; the newest stand last."""

    name_of_document = "previous"

    def __init__(self, feed: Feed, look: Look, incident: Incident, entries: Sequence[LogEntry]) -> None:
        super().__init__(feed, look, incident, "")
        self._entries = entries

    def write(self, width: int) -> Sequence[Line]:
        """Return the lines."""
        zone = self.shown.time_zone
        return [
            line
            for entry in self._entries
            for line in log_lines(entry, self.look, width, zone, wrapped=True, timed=True)
        ]
