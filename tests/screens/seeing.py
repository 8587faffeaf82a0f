"""What a person sees of an app."""

from typing import Any

from textual.app import App
from textual.pilot import Pilot

from screens.base import ConsoleScreen


def seen(app: App[Any]) -> str:
    """Return the text on the screen."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys as a person does, each once the screen is there."""
    for key in keys:
        await ready(pilot)
        await pilot.press(key)
    await ready(pilot)


async def ready(pilot: Pilot[Any]) -> None:
    """Wait until the screen is painted and heeds keys."""
    await pilot.pause()
    while pilot.app.is_running and isinstance(pilot.app.screen, ConsoleScreen) and not pilot.app.screen._painted_at:
        await pilot.pause()
    await pilot.pause()
