"""The drill's mail server, Maildir and alert webhook, driven by ordinary clients."""

import asyncio
import mailbox
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from console.drill.mail import maildir
from console.drill.mail.smtp import Sink, serve_smtp
from console.drill.serving import serve
from console.drill.webhook_sink import AlertSink

if TYPE_CHECKING:
    from tests.console.drill.conftest import StandingClock


@dataclass
class RunningSink:
    sink: Sink
    port: int

    async def send(self, mail: EmailMessage, password: str | None = None) -> None:
        await asyncio.to_thread(self._send, mail, password)

    def _send(self, mail: EmailMessage, password: str | None) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as client:
            if password is not None:
                client.login("desk", password)
            client.send_message(mail)


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "support@agence.fr", "support@client-existant.fr"
    mail["Subject"], mail["Message-ID"] = "RE: Paiements bloqués ✅", "<answer@agence.fr>"
    mail.set_content("C'est réparé.")
    return mail


@pytest.fixture
async def smtp(clock: "StandingClock") -> AsyncIterator[RunningSink]:
    sink = Sink(clock)
    server, port = await serve_smtp(sink)
    yield RunningSink(sink, port)
    server.close()
    await server.wait_closed()


async def test_a_mail_is_kept_byte_for_byte_and_logged(smtp: RunningSink) -> None:
    await smtp.send(_mail())
    (delivery,) = smtp.sink.deliveries
    (entry,) = smtp.sink.log.entries()
    assert delivery.recipients == ("support@client-existant.fr",)
    assert b"Message-ID: <answer@agence.fr>" in delivery.content
    assert (entry.status, entry.detail["Subject"]) == (250, "RE: Paiements bloqués ✅")


async def test_a_refused_mail_is_logged_and_not_kept(smtp: RunningSink) -> None:
    smtp.sink.switches.refusal = "451 4.3.0 Try again later"
    with pytest.raises(smtplib.SMTPDataError, match="Try again later"):
        await smtp.send(_mail())
    assert smtp.sink.deliveries == []
    assert [entry.status for entry in smtp.sink.log.entries()] == [451]


async def test_a_password_is_accepted_and_an_empty_one_refused_without_hanging(smtp: RunningSink) -> None:
    await smtp.send(_mail(), password="anything")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await smtp.send(_mail(), password="")
    assert len(smtp.sink.deliveries) == 1


def test_a_maildir_takes_a_mail_once(tmp_path: Path, clock: "StandingClock") -> None:
    maildir.make(tmp_path / "mail")
    first = maildir.deliver(tmp_path / "mail", "1", _mail().as_bytes(), clock())
    assert maildir.deliver(tmp_path / "mail", "1", b"other", clock()) == first
    box = mailbox.Maildir(tmp_path / "mail", create=False)
    assert [mail["Message-ID"] for mail in box] == ["<answer@agence.fr>"]
    assert first.stat().st_mtime == clock().timestamp()


async def test_an_alert_is_kept_and_a_failing_webhook_keeps_nothing(clock: "StandingClock") -> None:
    sink = AlertSink(clock)
    runner, port = await serve(sink.app())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        kept = await client.post("/team", json={"text": "🚨 ALERTE P1"})
        sink.switches.status = 503
        lost = await client.post("/team", json={"text": "again"})
    await runner.cleanup()
    assert (kept.status_code, lost.status_code) == (200, 503)
    assert sink.alerts == [{"text": "🚨 ALERTE P1"}]
    assert [entry.status for entry in sink.log.entries()] == [200, 503]
