"""A ring of log lines with a filter: what is visible, what is hidden, where the errors are."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from store.feed import LogEntry

_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Words that a line must have, and (written `-word`) must not have; letter case doesn't matter."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """Read a filter as it is typed."""
        words = text.casefold().split()
        return cls(
            tuple(word for word in words if not word.startswith("-")),
            tuple(word[1:] for word in words if word.startswith("-") and len(word) > 1),
        )

    def passes(self, entry: LogEntry) -> bool:
        """Whether a line is shown."""
        text = f"{entry.pod} {entry.text}".casefold()
        return all(word in text for word in self.wanted) and not any(word in text for word in self.unwanted)


class LogBuffer:
    """Lines by their number, counted from 0 as the feed counts them; the oldest go when it is full."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._entries: dict[int, LogEntry] = {}
        self._filter = Filter()
        self.total = 0
        self.visible: list[int] = []
        self.errors: list[int] = []

    @property
    def hidden(self) -> int:
        """How many lines the filter hides."""
        return len(self._entries) - len(self.visible)

    def entry(self, number: int) -> LogEntry:
        """Return a line by its number."""
        return self._entries[number]

    def clear(self) -> None:
        """Forget everything but the filter."""
        self._entries, self.visible, self.errors, self.total = {}, [], [], 0

    def extend(self, total: int, entries: Sequence[LogEntry]) -> None:
        """Take the lines that end at `total`."""
        if total < self.total:
            self.clear()
        for number, entry in zip(count(total - len(entries)), entries, strict=False):
            self._entries[number] = entry
            if self._filter.passes(entry):
                self.visible.append(number)
                if entry.level == "error":
                    self.errors.append(number)
        self.total = total
        self._forget()

    def sift(self, text: str) -> None:
        """Show only what a filter passes."""
        self._filter = Filter.parse(text)
        self.visible = [number for number, entry in self._entries.items() if self._filter.passes(entry)]
        self.errors = [number for number in self.visible if self._entries[number].level == "error"]

    def beside(self, numbers: Sequence[int], number: int, by: int) -> int | None:
        """Return the next (or previous, where `by` is negative) of some numbers, seen from one."""
        at = bisect_right(numbers, number) if by > 0 else bisect_left(numbers, number) - 1
        return numbers[at] if 0 <= at < len(numbers) else None

    def place_of(self, number: int) -> int:
        """Return where a line stands among the visible ones: its place, or that of the one before it."""
        return max(bisect_right(self.visible, number) - 1, 0)

    def _forget(self) -> None:
        excess = len(self._entries) - self._kept
        if excess <= 0:
            return
        for number in list(self._entries)[:excess]:
            del self._entries[number]
        oldest = next(iter(self._entries))
        self.visible = self.visible[bisect_left(self.visible, oldest) :]
        self.errors = self.errors[bisect_left(self.errors, oldest) :]
