"""The IMAP mailbox against real servers: nothing is lost, nothing is offered once it is marked."""

import asyncio
import imaplib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from skills.clients.imap_link import Account
from skills.clients.imap_mailbox import ImapMailbox
from skills.clients.mailbox import Incoming
from skills.contract import Unavailable
from tests.support.imap_servers import HOST, PASSWORD, USER, Dovecot, Pymap, free_port, wire_to

needs_dovecot = pytest.mark.skipif(shutil.which("dovecot") is None, reason="no dovecot on this machine")


@pytest.fixture(params=[Pymap, pytest.param(Dovecot, marks=needs_dovecot)])
def server(request: pytest.FixtureRequest) -> Iterator[Pymap]:
    running: Pymap = request.param()
    running.start()
    yield running
    running.close()


def mail(subject: str) -> bytes:
    return f"From: dsi@client.fr\r\nSubject: {subject}\r\n\r\nbonjour\r\n".encode()


async def password() -> SecretStr:
    return SecretStr(PASSWORD)


def mailbox(port: int, **given: Any) -> ImapMailbox:
    names = ("folder", "security", "ca_file", "timeout", "largest")
    of_account: dict[str, Any] = {"security": "none", "timeout": 3.0}
    of_account |= {name: given.pop(name) for name in names if name in given}
    account = Account(HOST, USER, port, **of_account)
    return ImapMailbox(account, given.pop("secret", password), **given)


def subject(incoming: Incoming) -> str:
    return incoming.raw.partition(b"Subject: ")[2].split()[0].decode()


async def take(box: ImapMailbox, count: int, *, mark: bool = True) -> list[str]:
    """Take so many mails, marking each."""
    found: list[str] = []
    async with asyncio.timeout(20), aclosing(box.arrivals()) as arrivals:  # type: ignore[type-var]  # a generator
        async for incoming in arrivals:
            found.append(subject(incoming))
            if mark:
                await box.mark(incoming.uid)
            if len(found) == count:
                break
    return found


async def offered(box: ImapMailbox, looked: asyncio.Event) -> list[str]:
    """Return what is offered until the first look is done."""
    found: list[str] = []

    async def read() -> None:
        async for incoming in box.arrivals():
            found.append(subject(incoming))  # noqa: PERF401 what was found must outlive the cancelling

    task = asyncio.create_task(read())
    async with asyncio.timeout(20):
        await looked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return found


def looked_at() -> tuple[asyncio.Event, Callable[[], None]]:
    event = asyncio.Event()
    return event, event.set


async def test_what_lies_there_comes_in_order_and_what_is_marked_never_again(server: Pymap) -> None:
    names = [f"m{number:02}" for number in range(50)]
    await asyncio.to_thread(server.deliver, *map(mail, names))
    assert await take(mailbox(server.port), 40) == names[:40]
    event, looked = looked_at()
    assert await offered(mailbox(server.port, on_connected=looked), event) == names[40:]


async def test_a_mail_that_was_fetched_and_not_marked_is_offered_to_the_next_process(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("once"))
    assert await take(mailbox(server.port), 1, mark=False) == ["once"]
    assert await take(mailbox(server.port), 1) == ["once"]
    event, looked = looked_at()
    assert await offered(mailbox(server.port, on_connected=looked), event) == []


async def test_a_new_mail_is_told_by_idle_long_before_any_poll(server: Pymap) -> None:
    event, looked = looked_at()
    waiting = asyncio.create_task(take(mailbox(server.port, idle_seconds=600, on_connected=looked), 2))
    await event.wait()
    for name in ("first", "second"):
        await asyncio.to_thread(server.deliver, mail(name))
    assert await waiting == ["first", "second"]


async def test_a_quiet_server_is_asked_anew_and_still_tells_of_a_mail(server: Pymap) -> None:
    looks = 0
    several = asyncio.Event()

    def looked() -> None:
        nonlocal looks
        looks += 1
        if looks > 3:
            several.set()

    waiting = asyncio.create_task(take(mailbox(server.port, idle_seconds=0.1, on_connected=looked), 1))
    async with asyncio.timeout(20):
        await several.wait()
    await asyncio.to_thread(server.deliver, mail("late"))
    assert await waiting == ["late"]


async def test_a_mail_is_marked_at_once_while_its_mailbox_waits_for_news(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("kept"))
    event, looked = looked_at()
    box = mailbox(server.port, idle_seconds=600, on_connected=looked)
    uids: list[str] = []

    async def read() -> None:
        async for incoming in box.arrivals():
            uids.append(incoming.uid)  # noqa: PERF401 what was found must outlive the cancelling

    reading = asyncio.create_task(read())
    await event.wait()
    async with asyncio.timeout(10):
        await box.mark(uids[0])
    with pytest.raises(Unavailable, match="the mail can't be marked"):
        await box.mark(f"1{uids[0]}")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    event, looked = looked_at()
    assert await offered(mailbox(server.port, on_connected=looked), event) == []


async def test_a_waiting_mailbox_takes_no_thread_from_the_rest_of_the_program(server: Pymap) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=1))
    event, looked = looked_at()
    waiting = asyncio.create_task(take(mailbox(server.port, idle_seconds=600, on_connected=looked), 1))
    await event.wait()
    async with asyncio.timeout(10):
        await asyncio.to_thread(server.deliver, mail("first"))
    assert await waiting == ["first"]


async def test_of_a_mail_that_is_too_large_the_first_part_is_taken(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("large") + b"x" * 10_000)
    async with aclosing(mailbox(server.port, largest=1000).arrivals()) as arrivals:  # type: ignore[type-var]  # a generator
        incoming = await anext(arrivals)
    assert (subject(incoming), len(incoming.raw)) == ("large", 1000)


@pytest.mark.parametrize("server", [pytest.param(Dovecot, marks=needs_dovecot)], indirect=True)
async def test_a_mail_that_a_person_has_read_is_offered_where_keywords_are_kept(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("read"))
    with imaplib.IMAP4(HOST, server.port) as reader:
        reader.login(USER, PASSWORD)
        reader.select()
        reader.store("1", "+FLAGS", "\\Seen")
        assert await take(mailbox(server.port), 1) == ["read"]
        reader.noop()
        flags = str(reader.fetch("1", "(FLAGS)")[1])
    assert "$Astreinte" in flags
    assert "Trial" not in flags


async def test_a_cut_connection_is_said_and_everything_unmarked_is_offered_again(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("before"))
    async with wire_to(server.port) as wire:
        event, looked = looked_at()
        waiting = asyncio.create_task(take(mailbox(wire.port, on_connected=looked), 2, mark=False))
        await event.wait()
        wire.cut()
        with pytest.raises(Unavailable, match=r"imap support@127\.0\.0\.1: the connection was lost"):
            await waiting
        await asyncio.to_thread(server.deliver, mail("meanwhile"))
        assert await take(mailbox(wire.port), 2) == ["before", "meanwhile"]


async def test_a_connection_cut_in_the_middle_of_a_mail_loses_none(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, b"Subject: long\r\n\r\n" + b"x" * 200_000, mail("next"))
    async with wire_to(server.port) as wire:
        wire.limit = 50_000
        with pytest.raises(Unavailable):
            await take(mailbox(wire.port), 1)
        wire.limit = None
        assert await take(mailbox(wire.port), 2) == ["long", "next"]


async def test_a_connection_that_dies_in_silence_is_noticed(server: Pymap) -> None:
    async with wire_to(server.port) as wire:
        event, looked = looked_at()
        box = mailbox(wire.port, idle_seconds=0.2, timeout=0.5, on_connected=looked)
        waiting = asyncio.create_task(take(box, 1))
        await event.wait()
        wire.silent = True
        with pytest.raises(Unavailable, match=r"no answer in 0\.5 s|connection was lost"):
            await waiting


async def test_a_server_that_is_restarted_loses_nothing(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("kept"))
    event, looked = looked_at()
    waiting = asyncio.create_task(take(mailbox(server.port, on_connected=looked), 2, mark=False))
    await event.wait()
    await asyncio.to_thread(server.stop)
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable, match="nothing listens"):
        await take(mailbox(server.port), 1)
    await asyncio.to_thread(server.start)
    assert await take(mailbox(server.port), 1) == ["kept"]


async def test_old_mails_of_an_old_mailbox_are_left_alone(server: Pymap) -> None:
    await asyncio.to_thread(server.deliver, mail("today"))
    tomorrow, yesterday = date.today() + timedelta(days=2), date.today() - timedelta(days=1)  # noqa: DTZ011 the server's
    event, looked = looked_at()
    assert await offered(mailbox(server.port, since=lambda: tomorrow, on_connected=looked), event) == []
    assert await take(mailbox(server.port, since=lambda: yesterday), 1) == ["today"]


async def test_a_wrong_password_and_a_missing_folder_are_said_without_the_secret(server: Pymap) -> None:
    async def wrong() -> SecretStr:
        return SecretStr("not-the-word")

    with pytest.raises(Unavailable) as refused:
        await take(mailbox(server.port, secret=wrong), 1)
    assert "login refused" in str(refused.value)
    assert "not-the-word" not in f"{refused.value!r}{refused.value}{refused.value.__cause__!r}"
    with pytest.raises(Unavailable, match="there is no folder Nowhere"):
        await take(mailbox(server.port, folder="Nowhere"), 1)


async def test_a_cancelled_reader_closes_its_connection_at_once(server: Pymap) -> None:
    async with wire_to(server.port) as wire:
        event, looked = looked_at()
        waiting = asyncio.create_task(take(mailbox(wire.port, on_connected=looked), 1))
        await event.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(5):
            await wire.idle()


async def test_tls_is_trusted_by_its_authority_alone(server: Pymap, tmp_path: Path) -> None:
    import ssl

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    await asyncio.to_thread(server.deliver, mail("sealed"))
    async with wire_to(server.port, context) as wire:
        assert await take(mailbox(wire.port, security="tls", ca_file=tmp_path / "ca.pem"), 1) == ["sealed"]
        with pytest.raises(Unavailable, match="the certificate is not trusted"):
            await take(mailbox(wire.port, security="tls"), 1)


async def test_no_server_and_no_name_are_told_apart() -> None:
    with pytest.raises(Unavailable, match="nothing listens on port"):
        await take(mailbox(free_port()), 1)
    account = Account("mail.does-not-exist.invalid", USER, 993, security="none")
    with pytest.raises(Unavailable, match="the name is not known"):
        await take(ImapMailbox(account, password), 1)
