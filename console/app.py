"""The app: a feed, a look, and the main screen on it. Everything else is in `screens`."""

from collections.abc import Mapping
from os import environ
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType

from screens.ask import Answer, Ask
from screens.base import ConsoleScreen
from screens.glyphs import UNICODE, Glyphs
from screens.incident import IncidentScreen
from screens.keymap import Keymap, bindings
from screens.look import Look
from screens.palette import DARK, LIGHT, THEMES
from screens.snapshot import in_flight
from screens.widgets.choices import Choice
from screens.words import words
from store.feed import Feed
from store.values import Language


class ConsoleApp(App[None]):
    """Shows a feed until the person leaves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("app")
    ENABLE_COMMAND_PALETTE = False
    TITLE = "astreinte"
    CSS = """
    ToastRack { dock: top; align: right top; margin: 1 0 0 0; overflow: hidden; }
    Toast { width: auto; max-width: 60%; margin: 0; padding: 0 1; background: $panel; color: $foreground; }
    """
    """Toasts stand at the top: choices and keys at the bottom are never covered."""

    def __init__(
        self,
        feed: Feed,
        language: Language = "en",
        *,
        glyphs: Glyphs = UNICODE,
        keymap: Mapping[str, str] | None = None,
        light: bool = False,
    ) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in environ else None)  # so that Textual sends no colour at all
        self.animation_level = "none"
        self.feed = feed
        self.look = Look(words(language), glyphs, Keymap(keymap or {}))
        self._theme_name = LIGHT.name if light else DARK.name

    def on_mount(self) -> None:
        """Show the main screen."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._theme_name
        self.set_keymap(dict(self.look.keys.own))
        self.push_screen(IncidentScreen(self.feed, self.look))

    async def on_event(self, event: events.Event) -> None:
        """Drop the keys that were typed before the screen that they would reach was painted."""
        screen = self.screen if self.screen_stack else None
        if isinstance(event, events.Key) and isinstance(screen, ConsoleScreen) and not screen.heeds(event.time):
            return
        await super().on_event(event)

    def action_leave(self) -> None:
        """Leave; ask first where a change or a message is on its way, or a text is being edited."""
        unsaved = isinstance(self.screen, ConsoleScreen) and self.screen.unsaved
        if not unsaved and not in_flight(self.feed):
            self.exit()
            return
        say = self.look.words
        choices = (Choice("cancel", say("choice.stay")), Choice("leave", say("choice.leave"), "warn"))
        self.push_screen(
            Ask(self.look, say("leave.unsaved" if unsaved else "leave.question"), choices=choices), self._left
        )

    def _left(self, answer: Answer | None) -> None:
        if answer:
            self.exit()
