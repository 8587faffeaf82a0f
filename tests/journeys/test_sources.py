"""Mails by IMAP on the screen of a real console: soon, once, and whatever dies in between."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.ledger import LocalLedger
from tests.journeys.stage import ASTREINTE, environment
from tests.journeys.terminal import Terminal
from tests.support.imap_servers import HOST, PASSWORD, USER, Pymap, Wire, wire_to

CONNECTED = rf"✔ \d\d:\d\d imap {USER}@"
SECONDS = 20.0


def mail(number: int, subject: str) -> bytes:
    text = "Plus aucun paiement ne passe depuis 10h, tout le site est en panne."
    head = f"From: dsi@client{number}.fr\r\nMessage-ID: <{number}@client{number}.fr>\r\nSubject: {subject}"
    return f"{head}\r\n\r\n{text}\r\n".encode()


class Bastion:
    """A host with a console on a store, whose mails come over a wire."""

    def __init__(self, directory: Path, wire: Wire, server: Pymap) -> None:
        self.wire, self.server, self.store = wire, server, directory / "store"
        self.consoles: list[Terminal] = []
        self._env = {**environment(directory), "MAIL_PASSWORD": PASSWORD}
        self._config = directory / "astreinte.toml"
        self._config.write_text(
            f'[mailbox.imap]\nhost = "{HOST}"\nport = {wire.port}\nuser = "{USER}"\nsecurity = "none"\n'
            'password_env = "MAIL_PASSWORD"\n',
            encoding="utf-8",
        )

    def console(self) -> Terminal:
        command = [*ASTREINTE, "--config", str(self._config), "--store", str(self.store), "--lang", "fr"]
        self.consoles.append(Terminal(command, 120, 40, self._env))
        return self.consoles[-1]

    async def sees(self, console: Terminal, pattern: str) -> None:
        await asyncio.to_thread(console.until, pattern, SECONDS)

    async def deliver(self, *mails: bytes) -> None:
        await asyncio.to_thread(self.server.deliver, *mails)

    def titles(self) -> list[str]:
        ledger = LocalLedger(self.store, lambda: pytest.fail("nothing is written here"))
        return sorted(summary.title for summary in ledger.summaries())


@pytest.fixture
async def bastion(tmp_path: Path) -> AsyncIterator[Bastion]:
    server = Pymap()
    await asyncio.to_thread(server.start)
    async with wire_to(server.port) as wire:
        host = Bastion(tmp_path, wire, server)
        yield host
        for console in host.consoles:
            console.close()
    server.close()


async def test_a_mail_is_on_the_screen_soon_after_its_delivery(bastion: Bastion) -> None:
    console = bastion.console()
    await bastion.sees(console, CONNECTED)
    began = time.monotonic()
    await bastion.deliver(mail(1, "Paiements KO un"))
    await bastion.sees(console, "Paiements KO un")
    assert time.monotonic() - began < 10  # a poll, were there one, would take longer
    rung = bytes(console.received).count(b"\x07") - len(re.findall(rb"\x1b\][^\x07]*\x07", bytes(console.received)))
    assert rung == 1
    assert bytes(console.received).count(b"\x1b]777;notify;astreinte;P1 Paiements KO un") == 1


async def test_cut_restarted_and_killed_it_loses_nothing_and_takes_nothing_twice(bastion: Bastion) -> None:
    console = bastion.console()
    await bastion.sees(console, CONNECTED)
    bastion.wire.cut()
    await bastion.sees(console, "connection was lost")
    await bastion.deliver(mail(1, "Paiements KO un"))
    await bastion.sees(console, "Paiements KO un")
    await asyncio.to_thread(bastion.server.stop)
    await bastion.sees(console, "connection was lost|nothing listens")
    await asyncio.to_thread(bastion.server.start)
    bastion.wire.swallowed = b"STORE"
    await bastion.deliver(mail(2, "Paiements KO deux"))
    async with asyncio.timeout(SECONDS):
        await bastion.wire.swallowing.wait()
    console.kill()
    assert bastion.titles() == ["Paiements KO deux", "Paiements KO un"]
    bastion.wire.swallowed = b""
    again = bastion.console()
    await bastion.deliver(mail(3, "Paiements KO trois"))
    await bastion.sees(again, "Paiements KO trois")
    await bastion.sees(again, CONNECTED)
    assert bastion.titles() == ["Paiements KO deux", "Paiements KO trois", "Paiements KO un"]
