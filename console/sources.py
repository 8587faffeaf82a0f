"""Where mails and alerts come in: every configured source at once, each read for as long as the session lasts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from console.clock import Clock
from console.config import AlertmanagerServer, ImapSource
from console.credential import credential
from console.intake import take_in
from console.wiring import World
from skills.clients.mailbox import Mailbox
from skills.contract import Failure
from store.errors import StoreError
from store.feed import SourceState

_LOG = logging.getLogger(__name__)
_SOONEST_SECONDS = 1.0
_LATEST_SECONDS = 30.0

Opens = Callable[[Callable[[], None]], Mailbox]
"""Makes a source; what it is handed is called whenever the source has answered."""


class Sources:
    """Reads each source. A mail is marked there only once it is on disk, and offered again until then."""

    def __init__(self, world: World, work: Callable[[str], Awaitable[object]]) -> None:
        self._world = world
        self._work = work
        self._states: dict[str, SourceState] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._taking = asyncio.Lock()

    @property
    def states(self) -> tuple[SourceState, ...]:
        """How each source stands."""
        return tuple(self._states.values())

    def start(self) -> None:
        """Begin to read."""
        for name, opens in openers(self._world):
            self._states[name] = SourceState(name)
            self._tasks.append(asyncio.create_task(self._read(name, opens), name=name))

    async def close(self) -> None:
        """Stop reading; what is not marked is offered to the next session."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self, name: str, opens: Opens) -> None:
        """Read a source for ever; one that fails is tried again, the later the longer it is down."""
        pause = _SOONEST_SECONDS

        def answered() -> None:
            nonlocal pause
            pause = _SOONEST_SECONDS
            self._states[name] = SourceState(name, "connected", self._world.clock())

        while True:
            try:
                await self._take_all(name, opens(answered))
            except (Failure, StoreError) as trouble:
                self._fail(name, trouble)
            except Exception as error:  # noqa: BLE001 a bug in one source is said, and ends neither it nor another
                _LOG.exception("%s", name)
                self._fail(name, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LATEST_SECONDS)

    async def _take_all(self, name: str, mailbox: Mailbox) -> None:
        async for incoming in mailbox.arrivals():
            async with self._taking:
                taken = await take_in(self._world, incoming.raw, source=incoming.source)
            try:
                await mailbox.mark(incoming.uid)
            except Failure as refused:  # it is offered again; the mails behind it must not wait for that
                self._fail(name, refused)
            if taken.incident:
                await self._work(taken.incident)

    def _fail(self, name: str, trouble: Exception) -> None:
        self._states[name] = SourceState(name, "down", self._states[name].at, str(trouble))


def openers(world: World) -> Iterator[tuple[str, Opens]]:
    """Yield the name of each configured source, and what opens it; the libraries are imported at first use."""
    config = world.config
    if path := config.mailbox.maildir:
        yield f"maildir {path.name}", partial(_maildir, path)
    for account in config.mailbox.imap:
        yield f"imap {account.user}@{account.host}", partial(_imap, account, world.clock)
    for server in config.alertmanager:
        yield f"alertmanager {server.host}", partial(_alertmanager, server)


def _maildir(path: Path, answered: Callable[[], None]) -> Mailbox:
    from skills.clients.mailbox import MaildirMailbox

    return MaildirMailbox(path, on_connected=answered)


def _imap(source: ImapSource, clock: Clock, answered: Callable[[], None]) -> Mailbox:
    from skills.clients.imap_link import Account
    from skills.clients.imap_mailbox import ImapMailbox

    account = Account(
        host=source.host,
        user=source.user,
        port=source.port,
        folder=source.folder,
        security=source.security,
        ca_file=source.ca_file,
        oauth2=bool(source.token_command),
    )
    secret = partial(
        credential, source.password_env, source.password_command or source.token_command, setting="mailbox.imap"
    )

    def since() -> date:
        return (clock() - timedelta(days=source.days)).date()

    return ImapMailbox(account, secret, since=since, on_connected=answered)


def _alertmanager(source: AlertmanagerServer, answered: Callable[[], None]) -> Mailbox:
    from skills.clients.alertmanager import AlertmanagerSource, Server

    server = Server(source.url, source.seconds, source.client_label, source.ca_file, source.user)
    token = partial(credential, source.token_env, source.token_command, setting="alertmanager.token_command")
    return AlertmanagerSource(server, token, on_connected=answered)
