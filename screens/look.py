"""How things are said on this terminal: language, signs and keys. All that a renderer needs besides the value."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from screens.glyphs import UNICODE, Glyphs
from screens.keymap import Keymap
from screens.words import Words


@dataclass(frozen=True, slots=True)
class Look:
    """A language's words, the signs that the terminal can show, and the keys as they are bound."""

    words: Words
    glyphs: Glyphs = UNICODE
    keys: Keymap = field(default_factory=Keymap)

    def clock(self, at: datetime, time_zone: str = "", *, seconds: bool = False) -> str:
        """Return the time of day in a time zone."""
        return at.astimezone(zone_of(time_zone)).strftime("%H:%M:%S" if seconds else "%H:%M")


def zone_of(name: str) -> tzinfo | None:
    """Return a named time zone; None, which is the host's own, where the name is unknown."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
