"""Mails leave over SMTP, and it is known of each whether it left."""

import asyncio
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from console.config import Smtp
from skills.clients.outbox import NotSent, SmtpOutbox
from skills.project_management.communication.dispatch import build_message, send_draft
from tests.support import scenario_parts as part
from tests.support.smtp_script import CUT, scripted

PASSWORD = "correct horse"


@dataclass
class Sink:
    """aiosmtpd's handler: keeps what it takes, refuses whom it is told to."""

    refused: str = ""
    kept: list[bytes] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 theirs
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == self.refused:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 theirs
        self.users += [session.auth_data.login.decode()] if session.auth_data else []
        self.kept.append(envelope.content or b"")
        return "250 2.0.0 queued as 4F2A"


def _check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False, auth_data=data)


@dataclass
class Server:
    sink: Sink
    port: int = 0
    tls: ssl.SSLContext | None = None
    auth: bool = False

    async def start(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()

        def session() -> SMTP:
            return SMTP(
                self.sink,
                hostname="localhost",
                tls_context=self.tls,
                authenticator=_check if self.auth else None,
                auth_require_tls=False,
                loop=loop,
            )

        server = await loop.create_server(session, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    running = Server(Sink())
    listening = await running.start()
    yield running
    listening.close()


def outbox(port: int, **settings: Any) -> SmtpOutbox:
    return SmtpOutbox(Smtp(port=port, **settings), seconds=3, filing_seconds=0)


def message(**changes: Any) -> EmailMessage:
    return build_message(part.DRAFT.model_copy(update=changes), part.REPORTED)


def printing(password: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({password!r})")


async def test_a_draft_arrives_in_the_thread_under_its_own_message_id(server: Server) -> None:
    answer = await send_draft(outbox(server.port), part.DRAFT, part.REPORTED)
    (raw,) = server.sink.kept
    mail = message_from_bytes(raw, policy=default)
    assert answer == "250 2.0.0 queued as 4F2A"
    assert (mail["Subject"], mail["Message-ID"]) == (part.DRAFT.subject, part.DRAFT.message_id)
    assert (mail["In-Reply-To"], mail["References"]) == (part.MAIL.message_id, part.MAIL.message_id)
    assert mail["Date"].datetime == part.REPORTED
    assert mail["From"].addresses[0].display_name == "L'équipe Support"
    assert mail.get_content().replace("\r\n", "\n") == part.DRAFT.body


async def test_a_line_that_begins_with_a_dot_ends_nothing(server: Server) -> None:
    await outbox(server.port).send(message(body="a\n.\n..b\nc\n"))
    mail = message_from_bytes(server.sink.kept[0], policy=default)
    assert mail.get_content().split() == ["a", ".", "..b", "c"]


async def test_one_refused_recipient_stops_the_mail_for_all(server: Server) -> None:
    server.sink.refused = part.DRAFT.to[0].email
    other = part.DRAFT.to[0].model_copy(update={"email": "dsi@client-existant.fr"})
    with pytest.raises(NotSent) as caught:
        await outbox(server.port).send(message(to=(other, *part.DRAFT.to)))
    assert ("550 5.1.1 No such user" in caught.value.detail, caught.value.unknown) == (True, False)
    assert server.sink.kept == []


@pytest.mark.parametrize(
    ("where", "answer", "title"),
    [
        ("connect", "421 4.3.2 shutting down", "does not take the mail now"),
        ("MAIL", "452 4.3.1 no space", "does not take the mail now"),
        ("RCPT", "550 5.1.1 unknown user", "refuses the mail"),
        ("DATA", "554 5.5.1 no valid recipients", "refuses the mail"),
        ("text", "451 4.7.1 greylisted", "does not take the mail now"),
        ("text", "554 5.7.1 spam", "refuses the mail"),
    ],
)
async def test_a_refusal_at_any_step_is_told_with_the_servers_own_words(where: str, answer: str, title: str) -> None:
    async with scripted(**{where: answer}) as script:
        with pytest.raises(NotSent) as caught:
            await outbox(script.port).send(message())
    assert title in caught.value.title
    assert (caught.value.detail, caught.value.unknown) == (answer, False)


@pytest.mark.parametrize("where", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_link_that_breaks_before_the_text_was_asked_for_has_sent_nothing(where: str) -> None:
    broken = {where: CUT} | ({"HELO": CUT} if where == "EHLO" else {})
    async with scripted(**broken) as script:
        with pytest.raises(NotSent) as caught:
            await outbox(script.port).send(message())
    assert (caught.value.unknown, script.texts) == (False, [])


async def test_a_link_that_breaks_after_the_text_leaves_it_unknown() -> None:
    async with scripted(text=CUT) as script:
        with pytest.raises(NotSent) as caught:
            await outbox(script.port).send(message())
    assert caught.value.unknown
    assert len(script.texts) == 1


async def test_a_server_that_says_nothing_to_the_text_leaves_it_unknown_within_the_time() -> None:
    async with scripted(text="") as script:
        script.answers["text"] = "250-and"
        with pytest.raises(NotSent) as caught:
            await SmtpOutbox(Smtp(port=script.port), seconds=0.3).send(message())
    assert caught.value.unknown


async def test_a_taken_mail_is_sent_whatever_the_server_says_to_the_goodbye() -> None:
    async with scripted(QUIT="421 4.4.2 bad manners") as script:
        assert await outbox(script.port).send(message()) == "250 2.0.0 queued"
    async with scripted(QUIT=CUT) as script:
        assert await outbox(script.port).send(message()) == "250 2.0.0 queued"


async def test_a_servers_answer_is_no_escape_sequence() -> None:
    async with scripted(text="554 \x1b]52;c;YQ==\x07 no") as script:
        with pytest.raises(NotSent) as caught:
            await outbox(script.port).send(message())
    assert "\x1b" not in caught.value.detail


async def test_a_port_on_which_nobody_listens_is_one_clear_line() -> None:
    async with scripted() as script:
        port = script.port
    with pytest.raises(NotSent, match=f"127.0.0.1:{port} can't be reached") as caught:
        await outbox(port).send(message())
    assert "smtp.host" in caught.value.hint


async def test_the_password_comes_from_its_command() -> None:
    server = Server(Sink(), auth=True)
    listening = await server.start()
    await outbox(server.port, user="desk", password_command=printing(PASSWORD)).send(message())
    with pytest.raises(NotSent, match="refuses our login") as caught:
        await outbox(server.port, user="desk", password_command=printing("guess")).send(message())
    listening.close()
    assert server.sink.users == ["desk"]
    assert "guess" not in f"{caught.value} {caught.value.detail} {caught.value.hint}"


@pytest.mark.parametrize(
    "command", [(), ("/nowhere/at/all",), (sys.executable, "-c", "print('hunter' + '2'); exit(3)")]
)
async def test_a_password_that_can_not_be_had_is_named_without_what_was_printed(command: tuple[str, ...]) -> None:
    with pytest.raises(NotSent) as caught:
        await outbox(9, user="desk", password_command=command).send(message())
    assert "smtp.password_command" in caught.value.title + caught.value.hint
    assert "hunter2" not in f"{caught.value} {caught.value.detail} {caught.value.hint}"


async def test_a_server_without_starttls_gets_no_mail_where_it_is_asked_for(server: Server) -> None:
    with pytest.raises(NotSent, match="lacks what is asked of it"):
        await outbox(server.port, starttls=True).send(message())
    assert server.sink.kept == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
async def test_starttls_trusts_only_what_the_system_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    arguments = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(  # noqa: ASYNC221 milliseconds
        ["openssl", "req", "-x509", *arguments, *names, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    server = Server(Sink(), tls=tls)
    listening = await server.start()
    with pytest.raises(NotSent, match="No encrypted link"):
        await outbox(server.port, host="localhost", starttls=True).send(message())
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    await outbox(server.port, host="localhost", starttls=True).send(message())
    listening.close()
    assert len(server.sink.kept) == 1


async def test_an_address_with_accents_needs_a_server_that_can() -> None:
    accented = part.DRAFT.to[0].model_copy(update={"email": "hélène@client-existant.fr"})
    async with scripted() as script:
        with pytest.raises(NotSent, match="lacks what is asked of it"):
            await outbox(script.port).send(message(to=(accented,)))
    async with scripted(EHLO="250-script\r\n250 SMTPUTF8") as script:
        await outbox(script.port).send(message(to=(accented,)))
    assert "hélène@client-existant.fr".encode() in script.texts[0]


async def test_the_servers_filed_copies_tell_whether_a_mail_has_left(tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    asked = outbox(9, sent_maildir=sent)
    assert await asked.has_sent(part.DRAFT.message_id) is None
    for folder in ("new", "cur", "tmp"):
        (sent / folder).mkdir(parents=True)
    assert await asked.has_sent(part.DRAFT.message_id) is False
    (sent / "cur" / "1736418600.1.mx:2,S").write_bytes(message().as_bytes())
    (sent / "new" / "1736418601.2.mx").write_bytes(b"Message-ID: <other@agence.fr>\r\n\r\n")
    assert await asked.has_sent(part.DRAFT.message_id) is True
    assert await outbox(9).has_sent(part.DRAFT.message_id) is None


async def test_a_copy_that_is_filed_a_moment_later_is_waited_for(tmp_path: Path) -> None:
    for folder in ("new", "cur"):
        (tmp_path / folder).mkdir()
    asked = SmtpOutbox(Smtp(port=9, sent_maildir=tmp_path), filing_seconds=30)
    asking = asyncio.create_task(asked.has_sent(part.DRAFT.message_id))
    await asyncio.sleep(0)
    (tmp_path / "new" / "1736418600.1.mx").write_bytes(message().as_bytes())
    assert await asking is True
