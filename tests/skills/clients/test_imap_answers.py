"""What an IMAP server may answer besides yes: nothing passes for done, and each trouble is told by its name."""

import asyncio
import ssl
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from skills.clients.imap_link import Account
from skills.clients.imap_mailbox import ImapMailbox
from skills.contract import Unavailable
from tests.support.imap_script import CUT, scripted

HOST = "127.0.0.1"


async def password() -> SecretStr:
    return SecretStr("open sesame")


def mailbox(port: int, **given: Any) -> ImapMailbox:
    options = {name: given.pop(name) for name in ("secret", "on_connected", "poll_seconds") if name in given}
    of_account: dict[str, Any] = {"security": "none", "timeout": 5.0} | given
    account = Account(HOST, "support", port, **of_account)
    return ImapMailbox(account, options.pop("secret", password), **options)


def sealed(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's side of TLS, and the authority that alone vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    return context, directory / "ca.pem"


async def take_all(box: ImapMailbox, taken: list[str]) -> None:
    """Take and mark until something goes wrong."""
    async with asyncio.timeout(20), aclosing(box.arrivals()) as arrivals:  # type: ignore[type-var]  # a generator
        async for incoming in arrivals:
            taken.append(incoming.uid)
            await box.mark(incoming.uid)


async def trouble(answers: Mapping[str, str], taken: list[str] | None = None, **given: Any) -> Unavailable:
    async with scripted(answers) as server:
        with pytest.raises(Unavailable) as told:
            await take_all(mailbox(server.port, **given), [] if taken is None else taken)
    return told.value


async def taken_of(answers: Mapping[str, str], count: int, **given: Any) -> list[str]:
    async with scripted(answers) as server, asyncio.timeout(20):
        arrivals = mailbox(server.port, **given).arrivals()
        async with aclosing(arrivals):  # type: ignore[type-var]  # a generator
            return [(await anext(arrivals)).raw.decode() for _ in range(count)]


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        ({"SEARCH": "{tag} NO [SERVERBUG] busy"}, "the server refused SEARCH"),
        ({"SEARCH": "{tag} BAD what"}, "the server refused SEARCH"),
        ({"STORE": "{tag} NO [NOPERM] not yours"}, "the server refused STORE"),
        ({"FETCH FLAGS": "* 1 FETCH (UID 1 FLAGS ())\n{tag} OK done"}, "the server refused to mark a mail"),
        (
            {"FETCH FLAGS": "* 2 FETCH (UID 2 FLAGS (\\Seen $Astreinte))\n* 1 FETCH (UID 1 FLAGS ())\n{tag} OK done"},
            "the server refused to mark a mail",
        ),
        ({"STORE": "* BYE going down"}, "the connection was lost"),
        ({"STORE": CUT}, "the connection was lost"),
        ({"SELECT": "{tag} NO [NONEXISTENT] what"}, "there is no folder INBOX"),
        ({"SELECT": "{tag} NO [NOPERM] not yours"}, "the folder INBOX can't be opened"),
        ({"SELECT": "{tag} OK [READ-ONLY] look, do not touch"}, "the folder INBOX is read-only"),
    ],
)
async def test_a_command_that_was_refused_is_told_and_never_passes_for_done(
    answers: Mapping[str, str], title: str
) -> None:
    told = await trouble(answers)
    assert told.title == f"imap support@{HOST}: {title}"
    assert told.hint


async def test_a_mail_that_is_not_given_is_told_and_holds_up_no_other() -> None:
    taken: list[str] = []
    body = "UID FETCH 1 (BODY.PEEK[]<0.62914560>)"
    two = {
        "SEARCH": "* SEARCH 1 2\n{tag} OK done",
        body: "{tag} NO [SERVERBUG] this one is broken",
        "FETCH FLAGS": "* 2 FETCH (UID 2 FLAGS (\\Seen $Astreinte))\n{tag} OK done",
    }
    told = await trouble(two, taken)
    assert taken == ["7.2"]
    assert told.title.endswith("the server refused FETCH")
    assert "this one is broken" in told.detail


async def test_a_short_mail_may_come_in_quotes() -> None:
    quoted = {"FETCH BODY": '* 1 FETCH (UID 1 BODY[]<0> "Subject: \\"a\\"")\n{tag} OK done'}
    assert await taken_of(quoted, 1) == ['Subject: "a"']


async def test_a_keyword_that_is_promised_and_dropped_is_not_relied_on() -> None:
    liar = {
        "SELECT": "* OK [UIDVALIDITY 7] here\n* OK [PERMANENTFLAGS (\\Seen \\*)] kept\n{tag} OK done",
        "UID SEARCH UNKEYWORD $Astreinte": "* SEARCH 1 2\n{tag} OK done",
        "UID SEARCH UNSEEN": "* SEARCH 2\n{tag} OK done",
        "UID FETCH 1 (FLAGS)": "* 1 FETCH (UID 1 FLAGS (\\Seen))\n{tag} OK done",
        "UID FETCH 2 (FLAGS)": "* 2 FETCH (UID 2 FLAGS (\\Seen))\n{tag} OK done",
    }
    looked = asyncio.Event()
    taken: list[str] = []
    async with scripted(liar) as server:
        reading = asyncio.create_task(take_all(mailbox(server.port, on_connected=looked.set), taken))
        async with asyncio.timeout(20):
            await looked.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert taken == ["7.2"]
    assert "UID STORE 1 -FLAGS ($AstreinteTrial)" in server.commands


async def test_a_server_without_idle_is_looked_at_again_and_again() -> None:
    answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1\n{tag} OK done", "SEARCH": "* SEARCH\n{tag} OK done"}
    async with scripted(answers) as server, asyncio.timeout(20):
        looked = asyncio.Event()
        arrivals = mailbox(server.port, poll_seconds=0.05, on_connected=looked.set).arrivals()
        async with aclosing(arrivals):  # type: ignore[type-var]  # a generator
            first = asyncio.ensure_future(anext(arrivals))
            await looked.wait()
            server.answers["SEARCH"] = "* SEARCH 1\n{tag} OK done"
            assert (await first).uid == "7.1"
    assert not any(command.startswith("IDLE") for command in server.commands)


@pytest.mark.parametrize("abilities", ["IMAP4rev1 IDLE", "IMAP4rev1"])
async def test_a_cancelled_reader_leaves_no_thread_waiting(abilities: str) -> None:
    answers = {"CAPABILITY": f"* CAPABILITY {abilities}\n{{tag}} OK done"}
    async with scripted(answers) as server, asyncio.timeout(20):
        looked = asyncio.Event()
        box = mailbox(server.port, poll_seconds=600, on_connected=looked.set)
        reading = asyncio.create_task(take_all(box, []))
        await looked.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        for thread in threading.enumerate():
            if thread.name == "imap":
                await asyncio.to_thread(thread.join, 10)
                assert not thread.is_alive()


@pytest.mark.parametrize("security", ["none", "starttls"])
async def test_news_that_comes_along_with_the_answer_to_idle_is_not_waited_for(tmp_path: Path, security: str) -> None:
    context, ca_file = sealed(tmp_path)
    async with scripted({"SEARCH": "* SEARCH\n{tag} OK done", "IDLE": "+ idling\n* 2 EXISTS"}, context) as server:
        looks = asyncio.Semaphore(0)
        box = mailbox(server.port, security=security, ca_file=ca_file, on_connected=looks.release)
        reading = asyncio.create_task(take_all(box, []))
        async with asyncio.timeout(20):
            for _ in range(3):
                await looks.acquire()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize("answer", ["{tag} NO LOGIN failed.", "{tag} BAD no open sesame \x1b[31mhere", "{tag} NO no"])
async def test_a_refused_login_is_told_whatever_the_servers_words_and_repeats_none(answer: str) -> None:
    for command, oauth2 in (("LOGIN", False), ("AUTHENTICATE", True)):
        told = await trouble({command: answer}, oauth2=oauth2)
        assert told.title == f"imap support@{HOST}: login refused"
        assert "sesame" not in "".join(traceback.format_exception(told)) + f"{told.detail}{told.hint}"


async def test_a_login_refused_for_a_known_reason_names_it() -> None:
    assert (await trouble({"LOGIN": "{tag} NO [PRIVACYREQUIRED] encrypt"})).detail == "PRIVACYREQUIRED"


async def test_what_a_server_says_does_nothing_to_a_terminal() -> None:
    told = await trouble({"SEARCH": "{tag} NO \x1b]0;mine\x07 \u202ebusy " + "x" * 500})
    assert told.detail.isprintable()
    assert len(told.detail) <= 120


async def test_a_token_is_asked_for_at_each_connection() -> None:
    tokens = iter(("first", "second"))

    async def token() -> SecretStr:
        return SecretStr(next(tokens))

    async with scripted({"SEARCH": CUT}) as server:
        box = mailbox(server.port, oauth2=True, secret=token)
        for _ in range(2):
            with pytest.raises(Unavailable):
                await take_all(box, [])
    assert server.said == [b"user=support\x01auth=Bearer %s\x01\x01" % word for word in (b"first", b"second")]


@pytest.mark.parametrize("word", ["sésame", "a\r\nA1 LOGOUT"])
async def test_a_password_beyond_plain_signs_is_sent_as_it_is(word: str) -> None:
    async def secret() -> SecretStr:
        return SecretStr(word)

    async with scripted({"SEARCH": CUT}) as server:
        with pytest.raises(Unavailable):
            await take_all(mailbox(server.port, secret=secret), [])
    assert server.said == [f"\0support\0{word}".encode()]


async def test_starttls_is_trusted_by_its_authority_alone(tmp_path: Path) -> None:
    context, ca_file = sealed(tmp_path)
    async with scripted({}, context) as server:
        box = mailbox(server.port, security="starttls", ca_file=ca_file)
        async with aclosing(box.arrivals()) as arrivals:  # type: ignore[type-var]  # a generator
            assert (await anext(arrivals)).uid == "7.1"
    async with scripted({}, context) as server:
        with pytest.raises(Unavailable, match="the certificate is not trusted"):
            await take_all(mailbox(server.port, security="starttls"), [])
    assert not any(command.startswith("LOGIN") for command in server.commands)


async def test_encryption_that_can_not_be_had_is_told_and_never_done_without(tmp_path: Path) -> None:
    async with scripted({"CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE\n{tag} OK done"}) as server:
        for security, title in (
            ("starttls", "the server offers no STARTTLS"),
            ("tls", f"no TLS on port {server.port}"),
        ):
            with pytest.raises(Unavailable, match=title):
                await take_all(mailbox(server.port, security=security), [])
        (tmp_path / "empty.pem").touch()
        for name in ("empty.pem", "missing.pem"):
            with pytest.raises(Unavailable, match=f"no certificate can be read from .*{name}"):
                await take_all(mailbox(server.port, security="tls", ca_file=tmp_path / name), [])
    assert not any(command.startswith("LOGIN") for command in server.commands)


_MUTE = """
import asyncio, socket
from pydantic import SecretStr
from skills.clients.imap_link import Account
from skills.clients.imap_mailbox import ImapMailbox

listening = socket.create_server(("127.0.0.1", 0))
held = []

async def secret():
    return SecretStr("word")

async def main():
    account = Account("127.0.0.1", "support", listening.getsockname()[1], security="none", timeout=600)
    arrivals = ImapMailbox(account, secret).arrivals()
    reading = asyncio.ensure_future(anext(arrivals))
    held.append(await asyncio.to_thread(listening.accept))
    reading.cancel()

asyncio.run(main())
"""


async def test_a_server_that_never_greets_holds_up_no_end_of_the_process() -> None:
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _MUTE], check=False, timeout=30)
    assert ended.returncode == 0
