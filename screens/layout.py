"""Which panes stand where: as the terminal narrows, panes share a place and become its tabs. Pure."""

from collections.abc import Sequence
from typing import Literal

Mode = Literal["wide", "medium", "small"]
Slot = tuple[int, ...]
"""The numbers of the panes that share a place."""

_SLOTS: dict[Mode, tuple[Slot, ...]] = {
    "wide": ((1,), (2,), (3,), (4, 5)),
    "medium": ((1, 2), (3,), (4, 5)),
    "small": ((1, 2, 3, 4, 5),),
}
_PREFERRED = (3, 2, 4, 1, 5)
"""What a shared place shows before any of its panes had the focus."""


def mode_of(width: int, height: int) -> Mode:
    """Return how much fits: three columns from 104x24, two from 72x20."""
    if width >= 104 and height >= 24:
        return "wide"
    return "medium" if width >= 72 and height >= 20 else "small"


def places(mode: Mode, zoomed: int | None) -> tuple[Slot, ...]:
    """Return the places of a mode; a zoomed pane takes them all."""
    return ((zoomed,),) if zoomed else _SLOTS[mode]


def shown(slots: Sequence[Slot], recent: Sequence[int]) -> tuple[int, ...]:
    """Return the pane that each place shows: the one that had the focus last."""
    order = (*reversed(recent), *_PREFERRED)
    return tuple(next(number for number in order if number in slot) for slot in slots)
