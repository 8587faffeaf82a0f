"""What is visible of a log under a filter, and where its errors are. The lines themselves lie in the feed, once."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from store.feed import KeptLines, ListedLines, LogEntry


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

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    def passes(self, entry: LogEntry) -> bool:
        """Whether a line is shown. Notes on the log always are."""
        if entry.note:
            return True
        text = f"{entry.pod} {entry.text}".casefold()
        return all(word in text for word in self.wanted) and not any(word in text for word in self.unwanted)


class LogBuffer:
    """Numbers of lines, a few bytes each; without a filter only those of errors are kept."""

    def __init__(self) -> None:
        self._lines: KeptLines = ListedLines()
        self._filter = Filter()
        self._passing = array("Q")
        self._errors = array("Q")
        self.total = 0

    @property
    def visible(self) -> Sequence[int]:
        """The numbers of the lines that are shown."""
        return self._kept(self._passing) if self._filter else range(self._lines.first, self.total)

    @property
    def errors(self) -> Sequence[int]:
        """The numbers of the errors among them."""
        return self._kept(self._errors)

    def _kept(self, numbers: "array[int]") -> "array[int]":
        """Forget what the feed has dropped, which it may do at any time."""
        if numbers and numbers[0] < self._lines.first:
            del numbers[: bisect_left(numbers, self._lines.first)]
        return numbers

    @property
    def hidden(self) -> int:
        """How many lines the filter hides."""
        return self.total - self._lines.first - len(self.visible)

    @property
    def dropped(self) -> int:
        """How many lines are no longer kept."""
        return self._lines.first

    def entry(self, number: int) -> LogEntry:
        """Return a line by its number."""
        return self._lines.entry(number)

    def clear(self) -> None:
        """Forget everything but the filter."""
        self._lines = ListedLines()
        self._passing, self._errors, self.total = array("Q"), array("Q"), 0

    def read(self, lines: KeptLines) -> None:
        """Take in what has come."""
        if lines.total < self.total:
            self.clear()
        self._lines = lines
        start = max(self.total, lines.first)
        for number, entry in enumerate(lines.since(start), start):
            if not self._filter:
                shown = True
            elif shown := self._filter.passes(entry):
                self._passing.append(number)
            if shown and entry.level == "error":
                self._errors.append(number)
        self.total = lines.total

    def sift(self, text: str) -> None:
        """Show only what a filter passes."""
        self._filter = Filter.parse(text)
        lines = self._lines
        self.clear()
        self.read(lines)

    def beside(self, numbers: Sequence[int], number: int, by: int) -> int | None:
        """Return the next (or previous, where `by` is negative) of some numbers, seen from one."""
        at = bisect_right(numbers, number) if by > 0 else bisect_left(numbers, number) - 1
        return numbers[at] if 0 <= at < len(numbers) else None

    def place_of(self, number: int) -> int:
        """Return where a line stands among the visible ones: its place, or that of the one before it."""
        return max(bisect_right(self.visible, number) - 1, 0)
