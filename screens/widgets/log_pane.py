"""The followed logs: a window on a ring of lines, of which only what is seen is ever rendered."""

from collections.abc import Sequence

from screens.line import EMPTY, Line, join, run, said
from screens.log_buffer import LogBuffer
from screens.look import Look
from screens.render.log_patterns import pattern_line
from screens.render.logs import log_lines, note_text
from screens.widgets.pane import Pane
from store.feed import KeptLines, LogEntry, LogPattern
from store.marked_lines import Mark, mark_of, marks
from store.values import Evidence


class LogPane(Pane):
    """Follows the end until the cursor is moved away; the cursor is a line's number. Or the same lines as patterns."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, 4, "logs")
        self.buffer = LogBuffer()
        self.time_zone = ""
        self._marks: frozenset[Mark] = frozenset()
        self.grouped = False
        self._patterns: Sequence[LogPattern] | None = None
        self.filter = ""
        self.following = True
        self.wrapped = False
        self.timed = True
        self.cursor = 0
        self._shown: list[int] = []
        self._top = 0
        self._height = 0

    def take(self, lines: KeptLines) -> None:
        """Take in what has come."""
        if lines.total == self.buffer.total:
            return
        self.buffer.read(lines)
        if self.following:
            self.cursor = self._last
        self.redraw()

    def clear(self) -> None:
        """Forget the log of one incident, for that of another."""
        self.buffer.clear()
        self._patterns = None

    def mark(self, evidence: Sequence[Evidence]) -> None:
        """Show which lines persons marked as evidence."""
        found = marks(evidence)
        if found != self._marks:
            self._marks = found
            self.redraw()

    def group(self, patterns: Sequence[LogPattern]) -> None:
        """Show these patterns."""
        self._patterns = patterns
        self.redraw()

    @property
    def _last(self) -> int:
        return self.buffer.visible[-1] if self.buffer.visible else 0

    @property
    def current(self) -> LogEntry | None:
        """The entry that the cursor stands on."""
        visible = self.buffer.visible
        return self.buffer.entry(visible[self.buffer.place_of(self.cursor)]) if visible else None

    def aside(self) -> Line:
        """Return whether it follows, the filter, and how much that hides."""
        words = self.look.words
        if self.grouped:
            return run(words.count("logs.patterns", len(self._patterns or ())), "dim")
        parts = [
            f"/{self.filter}" if self.filter else "",
            words.count("logs.hidden", self.buffer.hidden) if self.buffer.hidden else "",
            words.count("logs.dropped", self.buffer.dropped) if self.buffer.dropped else "",
            words("logs.following" if self.following else "logs.paused"),
        ]
        return run(
            f" {self.look.glyphs.dot} ".join(part for part in parts if part), "dim" if self.following else "warn"
        )

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the title and the lines round the cursor, filled from the bottom up; or the patterns."""
        if self.grouped:
            return super().frame(width, height)
        rows = self._window(width - 1, height - 1)
        self._shown = [number for number, _ in rows]
        lines = [join(self._mark(number), line) for number, line in rows]
        if not lines:
            lines = [run(f"  {self.look.words('logs.none')}", "dim")]
        return [self._title(width, 0), *lines, *[EMPTY] * (height - 1 - len(lines))]

    def body(self, width: int) -> list[Line]:
        """Return the patterns, a line each."""
        if self._patterns is None:
            return [run(self.look.words("logs.counting"), "dim")]
        lines = [pattern_line(pattern, self.look, width, self.time_zone) for pattern in self._patterns]
        return lines or [run(self.look.words("logs.none"), "dim")]

    def copied(self) -> str:
        """Return the line that the cursor stands on, or all patterns."""
        entry = self.current
        if self.grouped or entry is None:
            return super().copied()
        return note_text(entry, self.look, self.time_zone) if entry.note else said(entry.text)

    def _mark(self, number: int) -> Line:
        here = number == self.cursor and not self.following
        return run(self.look.glyphs.cursor, "accent" if self.has_focus else "dim") if here else run(" ")

    def _window(self, width: int, height: int) -> list[tuple[int, Line]]:
        if self.following and not self.wrapped:
            return self._trailing(width, height)
        visible = self.buffer.visible
        middle = self.buffer.place_of(self.cursor) + height // 2
        bottom = len(visible) - 1 if self.following else min(middle, len(visible) - 1)
        rows: list[tuple[int, Line]] = []
        while bottom >= 0 and len(rows) < height:
            number = visible[bottom]
            rows = [*((number, line) for line in self._lines(number, width)), *rows]
            bottom -= 1
        return rows[-height:] if height else []

    def _trailing(self, width: int, height: int) -> list[tuple[int, Line]]:
        """Fill the pane downwards, and leave half of it empty once it is full.

        So a new line costs its own cells, where one that pushes all others up costs the whole pane.
        """
        visible = self.buffer.visible
        top = self.buffer.place_of(self._top)
        resized, self._height = height != self._height, height
        if resized or len(visible) - top > height:
            fresh = resized or len(visible) - top > 2 * height
            top = max(0, len(visible) - (height if fresh else height // 2))
            self._top = visible[top] if visible else 0
        shown = visible[top : top + height]
        return [(number, line) for number in shown for line in self._lines(number, width)][:height]

    def _lines(self, number: int, width: int) -> list[Line]:
        entry = self.buffer.entry(number)
        marked = bool(self._marks) and mark_of(entry) in self._marks
        return log_lines(entry, self.look, width, self.time_zone, wrapped=self.wrapped, timed=self.timed, marked=marked)

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines; at the end it follows again. Patterns scroll."""
        if self.grouped:
            super().action_move(lines)
            return
        visible = self.buffer.visible
        if not visible:
            return
        at = min(max(self.buffer.place_of(self.cursor) + lines, 0), len(visible) - 1)
        self.place(visible[at])
        self.following = at == len(visible) - 1 and lines > 0
        self.redraw()

    def place(self, number: int | None) -> None:
        """Put the cursor on a line and stop following."""
        if number is not None:
            self.cursor, self.following = number, False
            self.redraw()

    def hold(self) -> None:
        """Stop following where the cursor stands: a person looks at that line."""
        if self.following and self.buffer.visible:
            self.place(self.cursor)

    def do(self, action: str) -> None:
        """Do what a key of the logs asks for."""
        match action:
            case "next_error" | "previous_error":
                self.place(self.buffer.beside(self.buffer.errors, self.cursor, 1 if action == "next_error" else -1))
            case "next_match" | "previous_match":
                self.place(self.buffer.beside(self.buffer.visible, self.cursor, 1 if action == "next_match" else -1))
            case "patterns":
                self.grouped = not self.grouped
                self.top = 0
            case "wrap":
                self.wrapped = not self.wrapped
            case "timestamps":
                self.timed = not self.timed
            case "follow":
                self.following = not self.following
                self.cursor = self._last if self.following else self.cursor
        self.redraw()

    def sift(self, text: str) -> None:
        """Filter the lines."""
        self.filter = text.strip()
        self.buffer.sift(self.filter)
        self.cursor = self._last
        self.following = True
        self._top = 0
        self.redraw()
