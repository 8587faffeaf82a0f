"""Raw lines become entries: redacted, recognised, traces folded, and handed on in batches in the order of time."""

from skills.clients.cluster import LogLine
from skills.devops.monitoring.logs.entries import recognise
from skills.devops.monitoring.logs.levels import continues
from store.feed import Level, LogEntry
from store.recorded_lines import in_order
from store.safe_text import redact

_LEVELS: dict[str, Level] = {"fatal": "error", "error": "error", "warn": "warning", "info": "info", "debug": "debug"}
_MOST_FOLDED = 400
"""Lines of one trace; what would be longer begins a new entry."""


class LogBatch:
    """What came since the last `drain`, of all pods."""

    def __init__(self) -> None:
        self._entries: list[LogEntry] = []
        self._open: dict[str, tuple[int, list[str]]] = {}
        """By pod: where its last entry stands, and the lines that continue it."""

    def line(self, pod: str, line: LogLine) -> None:
        """Take a line of a pod; one that continues a trace joins the entry that it continues."""
        text = redact(line.text)
        opened = self._open.get(pod)
        if opened and len(opened[1]) < _MOST_FOLDED and continues(text.encode(errors="replace")):
            opened[1].append(text.rstrip())
            return
        self._close(pod)
        entry = read_line(pod, LogLine(line.at, text))
        self._open[pod] = (len(self._entries), [])
        self._entries.append(entry)

    def note(self, entry: LogEntry) -> None:
        """Take a note on the log."""
        self._close(entry.pod)
        self._entries.append(entry)

    def drain(self) -> list[LogEntry]:
        """Return what came, and begin anew."""
        for pod in tuple(self._open):
            self._close(pod)
        entries, self._entries = self._entries, []
        return in_order(entries)

    def _close(self, pod: str) -> None:
        where, more = self._open.pop(pod, (0, []))
        while more and not more[-1].strip():
            more.pop()
        if more:
            head = self._entries[where]
            self._entries[where] = LogEntry(head.at, pod, "\n".join((head.text, *more)), head.level)


def read_line(pod: str, line: LogLine) -> LogEntry:
    """Return a redacted line as the entry that it is."""
    said = recognise(line.text)
    return LogEntry(line.at or said.at, pod, said.message, _LEVELS.get(said.level, ""))
