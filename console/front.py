"""Runs the app on a feed: live over a session, or over a recorded incident. What both share stands here."""

import asyncio
import locale
import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from console import paths
from console.app import ConsoleApp
from console.clock import Clock, system_clock
from console.config import Config, UsageError
from console.warming import warm_up
from screens.glyphs import Glyphs, glyphs_for
from screens.words import language_of
from store.feed import Feed
from store.values import Language

if TYPE_CHECKING:
    from console.live_feed import LiveFeed


class LiveApp(ConsoleApp):
    """The app over a live feed: the first screen is painted before anything is read or asked."""

    def __init__(self, feed: "LiveFeed", language: Language, glyphs: Glyphs, keymap: Mapping[str, str]) -> None:
        super().__init__(feed, language, glyphs=glyphs, keymap=keymap)
        self._live = feed

    def on_ready(self) -> None:
        """Begin to follow the store, once the screen stands."""
        self.run_worker(self._live.start(), name="feed", exit_on_error=True)
        warm_up()


def run_console(config: Config, store: Path, lang: str | None, clock: Clock = system_clock) -> int:
    """Run the console until its user leaves.

    Raises:
        StoreError: the store can't be opened.
    """
    _log_to_file()
    return asyncio.run(_run_live(config, store, lang, clock))


async def _run_live(config: Config, store: Path, lang: str | None, clock: Clock) -> int:
    from console.live_feed import LiveFeed
    from console.session import Session
    from console.wiring import build_world

    session = Session(build_world(config, store, clock))
    feed = LiveFeed(session)
    app = LiveApp(feed, console_language(lang), _glyphs(), _keymap())
    try:
        await app.run_async(mouse=False)
    finally:
        await feed.close()
        await session.close()
    return app.return_code or 0


def run_replay(feed: Feed, lang: str | None) -> int:
    """Run the same screens over a recorded incident."""
    _log_to_file()
    app = ConsoleApp(feed, console_language(lang), glyphs=_glyphs(), keymap=_keymap())
    app.run(mouse=False)
    return app.return_code or 0


def console_language(lang: str | None) -> Language:
    """Return the console's language: the option's, else the locale's, else English."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_of(lang or next(filter(None, names), ""))


def _glyphs() -> Glyphs:
    """ASCII where the locale can't spell the rest."""
    encoding = locale.getpreferredencoding(do_setlocale=False)
    return glyphs_for(encoding)


def _keymap() -> dict[str, str]:
    """Return the user's keys by action.

    Raises:
        UsageError: the file is no TOML of names and keys.
    """
    path = paths.keymap_file()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error
    wrong = next((name for name, key in tree.items() if not isinstance(key, str)), None)
    if wrong is not None:
        raise UsageError(f'{path}: {wrong}: a key is written as text, such as {wrong} = "ctrl+g"')
    return tree


def _log_to_file() -> None:
    """Put warnings and a bug's traceback where they can't tear the screen."""
    path = paths.log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
