"""What every screen shares: the feed, the look, asking for commands, and not heeding keys typed too early."""

import os
import time
from typing import ClassVar, TypeVar

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from screens.desktop import notification
from screens.line import said
from screens.look import Look
from store.commands import Command, Refusal
from store.feed import Feed

Result = TypeVar("Result")


class ConsoleScreen(Screen[Result]):
    """A screen of the console. A `guarded` one drops every key that was typed before it was painted."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    guarded: ClassVar[bool] = False
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """The widgets show the focus themselves; the screen need not be painted anew for it."""

    def __init__(self, feed: Feed, look: Look) -> None:
        super().__init__()
        self.feed = feed
        self.look = look
        self._painted_at: float | None = None

    def on_mount(self) -> None:
        """Note when the first paint is done."""
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._painted_at = time.monotonic()
        self.painted()

    def painted(self) -> None:
        """Go on once a person can see the screen: the place to set the focus."""

    @property
    def unsaved(self) -> bool:
        """Whether leaving would lose what a person typed."""
        return False

    def heeds(self, typed_at: float) -> bool:
        """Whether a key counts that was typed at an instant of the monotonic clock."""
        return not self.guarded or (self._painted_at is not None and typed_at > self._painted_at)

    async def submit(self, command: Command) -> bool:
        """Ask for something; show why where it is refused."""
        refusal = await self.feed.submit(command)
        if refusal is not None:
            self.refuse(refusal)
        return refusal is None

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal."""
        text = self.look.words.among(f"refusal.{refusal.key}", refusal.key)
        detail = f" ({said(refusal.detail)})" if refusal.detail else ""
        self.toast(text + detail, "warning")

    def summon(self, text: str) -> None:
        """Call a person who looks elsewhere: by the terminal's bell, and by the desktop where it can."""
        self.app.bell()
        if (driver := self.app._driver) and (call := notification(self.app.title, text, os.environ)):
            driver.write(call)

    def toast(self, text: str, severity: str = "information") -> None:
        """Show a short message; its text is never markup."""
        chosen = "error" if severity == "error" else "warning" if severity == "warning" else "information"
        self.notify(said(text), severity=chosen, markup=False, timeout=8)  # type: ignore[arg-type]  # a Literal
