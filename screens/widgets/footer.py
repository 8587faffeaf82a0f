"""The last two lines: what to do next, and the keys as they are really bound."""

from collections.abc import Sequence

from textual.reactive import var

from screens.line import Line, clip, join, run
from screens.look import Look
from screens.render.guidance import hint_line
from screens.snapshot import Snapshot
from screens.widgets.lines import Lines


def hints(actions: Sequence[str], look: Look, width: int) -> Line:
    """Return keys with what they do, as many as there is room for."""
    parts: list[Line] = []
    for action in actions:
        if key := look.keys.label(action):
            part = join(run(f" {key} ", "key"), run(f"{look.words(f'short.{action}')} ", "dim"))
            if sum(len(text) for line in (*parts, part) for text, _ in line) > width:
                break
            parts.append(part)
    return join(*parts)


class NextLine(Lines):
    """What to do next, always in the same place."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        del height
        if self.snapshot is None:
            return []
        return [clip(hint_line(self.snapshot, self.look), width, self.look.glyphs.ellipsis)]

    def watch_snapshot(self) -> None:
        """Show the new state."""
        self.redraw()


class HintLine(Lines):
    """The keys that are of use now; what matters most comes first."""

    actions: var[tuple[str, ...]] = var((), init=False)

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        del height
        return [hints(self.actions, self.look, width)]

    def watch_actions(self) -> None:
        """Show other keys."""
        self.redraw()
