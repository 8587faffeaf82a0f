"""A pane: a title with the tabs of its place, and a body that scrolls. Focus shows in the title's cells alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.reactive import var

from screens.keymap import bindings
from screens.line import EMPTY, Line, Role, clip, fill, join, run, text_of, width_of
from screens.look import Look
from screens.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class Tab:
    """A pane that shares a place: its number, and its name."""

    number: int
    name: str


class Pane(Lines, can_focus=True):
    """A titled body. `number` is its digit key; `top` the first line shown."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("move")
    top: var[int] = var(0)

    def __init__(self, look: Look, number: int, name: str) -> None:
        super().__init__(look, id=name)
        self.number = number
        self.tabs: tuple[Tab, ...] = ()
        self.edge = False
        """Whether a neighbour stands on the left, from which a gutter sets it off."""

    @property
    def title(self) -> str:
        """The pane's name in the title."""
        return self.look.words(f"pane.{self.id}")

    @property
    def short(self) -> str:
        """The pane's bare name, for a tab."""
        return self.look.words(f"pane.{self.id}")

    def copied(self) -> str:
        """Return what the copy key takes: the whole body."""
        return "\n".join(text_of(line).rstrip() for line in self.body(self.size.width - 1))

    def body(self, width: int) -> Sequence[Line]:
        """Return every line of the body, `width` cells wide."""
        raise NotImplementedError

    def aside(self) -> Line:
        """Return what stands at the right of the title."""
        return EMPTY

    def marked(self, y: int) -> bool:
        """Whether the cursor stands on that line of the body."""
        del y
        return False

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the title, then as much of the body as there is room."""
        body = self.body(width - 1)
        self.set_reactive(Pane.top, max(min(self.top, len(body) - height + 1), 0))
        shown = list(enumerate(body))[self.top : self.top + height - 1]
        lines = [join(self._gutter(y), line) for y, line in shown]
        lines += [self._gutter(-1)] * (height - 1 - len(lines))
        return [self._title(width, below=len(body) - self.top - height + 1), *lines]

    def _gutter(self, y: int) -> Line:
        if y >= 0 and self.marked(y):
            return run(self.look.glyphs.cursor, "accent" if self.has_focus else "dim")
        return run(self.look.glyphs.gutter if self.edge else " ", "rule")

    def _title(self, width: int, below: int) -> Line:
        glyphs = self.look.glyphs
        corner = glyphs.cursor if self.has_focus else glyphs.tee if self.edge else glyphs.rule
        lead = join(run(corner, "accent" if self.has_focus else "rule"), self._tabs(width // 3 * 2), run(" "))
        more = run(f" {glyphs.more}{below} " if below > 0 else "", "dim")
        aside = self.aside()
        right = join(run(" ") if aside else EMPTY, aside, run(" ") if aside else EMPTY, more, run(glyphs.rule, "rule"))
        rule = run(glyphs.rule * max(width - width_of(lead) - width_of(right), 0), "rule")
        return fill(clip(join(lead, rule, right), width, glyphs.ellipsis), width)

    def _tabs(self, room: int) -> Line:
        tabs = self.tabs or (Tab(self.number, self.title),)
        line = join(*(self._tab(tab) for tab in tabs))
        if width_of(line) <= room:
            return line
        return join(*(self._tab(tab) if tab.number == self.number else run(f" {tab.number}", "dim") for tab in tabs))

    def _tab(self, tab: Tab) -> Line:
        mine = tab.number == self.number
        role: Role = "accent" if mine and self.has_focus else "strong" if mine else "dim"
        return join(run(f" {tab.number} ", "dim"), run(self.title if mine else tab.name, role))

    def watch_top(self) -> None:
        """Show another part of the body."""
        self.redraw()

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self.top = max(self.top + lines, 0)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.action_move(pages * max(self.size.height - 2, 1))

    def action_top(self) -> None:
        """Go to the beginning."""
        self.action_move(-1_000_000)

    def action_bottom(self) -> None:
        """Go to the end."""
        self.action_move(1_000_000)

    def action_open(self) -> None:
        """Open what the cursor stands on; a body without a cursor has nothing to open."""
