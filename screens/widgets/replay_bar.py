"""Where a replay stands: position, time, speed."""

from textual.reactive import var

from screens.line import Line, join, run, spread
from screens.snapshot import Snapshot
from screens.widgets.footer import hints
from screens.widgets.lines import Lines

_KEYS = ("play", "event_back", "event_on", "phase_back", "phase_on", "seek", "slower", "faster")


class ReplayBar(Lines):
    """One line above the footer; only there where the feed has a transport."""

    snapshot: var[Snapshot | None] = var(None, init=False)

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the line: position and time on the left, the keys on the right."""
        del height
        if self.snapshot is None or self.snapshot.position is None:
            return []
        place, words, glyphs = self.snapshot.position, self.look.words, self.look.glyphs
        zone = self.snapshot.incident.time_zone if self.snapshot.incident else ""
        state = run(f" {glyphs.running if place.playing else glyphs.waiting} ", "accent")
        word = run(words("replay.playing" if place.playing else "replay.paused"), "accent")
        here = run(f"  {place.at:>{len(str(place.length))}}/{place.length}", "strong")
        at = run(f"  {self.look.clock(self.snapshot.now, zone, seconds=True)}  {glyphs.times}{place.speed:g}", "dim")
        left = join(state, word, here, at)
        room = width - sum(len(text) for text, _ in left) - 2
        return [spread(left, hints(_KEYS, self.look, max(room, 0)), width)]

    def watch_snapshot(self) -> None:
        """Show the new state."""
        self.redraw()
