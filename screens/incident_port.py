"""What the work of the main screen needs of it."""

from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App
from textual.screen import Screen

from screens.ask import Answer, Ask
from screens.look import Look
from screens.snapshot import Snapshot
from store.commands import Command, Refusal
from store.feed import Feed


class Port(Protocol):
    """A screen that opens others and asks for commands."""

    feed: Feed
    look: Look

    @property
    def shown(self) -> Snapshot | None:
        """What is shown."""

    @property
    def app(self) -> App[object]:
        """The app that it is on."""

    def open(self, sheet: Screen[Any]) -> None:
        """Open a sheet; the command that it returns is asked for."""

    def ask(self, ask: Ask, command: Callable[[Answer], Command | None]) -> None:
        """Ask a question; the command that its answer makes, if any, is asked for."""

    def request(self, command: Command) -> None:
        """Ask for a command."""

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal."""

    def say(self, key: str) -> None:
        """Show a text of the locale."""
