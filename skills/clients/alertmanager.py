"""A Prometheus Alertmanager as a source of reports: each firing alert is one, shaped as a mail.

The API is version 2 (`GET /api/v2/alerts`). An alert is named after its fingerprint and the instant at which it
began to fire: however often it is offered it is the same report, and one that fires anew is another.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, Field, SecretStr, ValidationError

from skills.clients.mailbox import Incoming
from skills.contract import Unavailable
from store.safe_text import plain, redact

if TYPE_CHECKING:
    from httpx import AsyncClient, Response

_SECONDS = 15.0
_TIMEOUT_SECONDS = 10.0
_LARGEST_BYTES = 32 * 1024 * 1024
_VALUE_CHARS = 2000
_SENDER = "alertmanager@alertmanager.invalid"
"""No address that anybody could answer to; its host names the product, so that it is taken for no client."""
_QUERY = {"active": "true", "silenced": "false", "inhibited": "false"}


class Alert(BaseModel):
    """An alert as far as it is read."""

    fingerprint: str = Field(min_length=1, max_length=200)
    starts_at: AwareDatetime = Field(alias="startsAt")
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    generator: str = Field(default="", alias="generatorURL")

    @property
    def uid(self) -> str:
        """Its name at the server."""
        return f"{self.fingerprint}.{self.starts_at.timestamp():.0f}"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the Alertmanager is. `client_label` is the label that names the client's domain."""

    url: str
    seconds: float = _SECONDS
    client_label: str = "client"
    ca_file: Path | None = None

    @property
    def place(self) -> str:
        """How messages name it: never with what an address may carry of a secret."""
        return f"alertmanager {urlsplit(self.url).netloc.rpartition('@')[2]}"


class AlertmanagerSource:
    """Offers each firing alert once; one that is marked is not offered again by this source, as long as it fires.

    `token` is asked for at each look; an empty one sends none. `on_connected` is called after each look.
    """

    def __init__(
        self,
        server: Server,
        token: Callable[[], Awaitable[SecretStr]],
        *,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._server = server
        self._token = token
        self._on_connected = on_connected
        self._marked: set[str] = set()

    async def arrivals(self) -> AsyncIterator[Incoming]:
        """Yield the alerts that fire, then new ones as they come.

        Raises:
            Unavailable: no answer, or one that says no.
            SkillError: the token can't be had.
        """
        offered: set[str] = set()
        client = await asyncio.to_thread(_client, self._server)
        try:
            while True:
                firing = await self._firing(client)
                self._marked &= firing.keys()
                for uid, alert in firing.items():
                    if uid not in offered | self._marked:
                        yield Incoming(uid, as_mail(alert, self._server), self._server.place)
                offered = set(firing)
                self._on_connected()
                await asyncio.sleep(self._server.seconds)
        finally:
            await client.aclose()

    async def mark(self, uid: str) -> None:
        """Note that an alert was taken; the server keeps nothing of that."""
        self._marked.add(uid)

    async def _firing(self, client: "AsyncClient") -> Mapping[str, Alert]:
        """Return the alerts by name; one that can't be read loses no other."""
        answered = await self._ask(client)
        try:
            listed = answered.json()
        except ValueError:
            listed = None
        if not isinstance(listed, list):
            raise self._failure("answers with no list of alerts", "check alertmanager.url: is it an Alertmanager?")
        alerts = []
        for item in listed:
            try:
                alerts.append(Alert.model_validate(item))
            except ValidationError:
                continue
        return {alert.uid: alert for alert in sorted(alerts, key=lambda alert: alert.starts_at)}

    async def _ask(self, client: "AsyncClient") -> "Response":
        import httpx

        token = (await self._token()).get_secret_value()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            answered = await client.get(_address(self._server.url), params=_QUERY, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise self._failure(_reason(error), "check alertmanager.url and the network") from error
        if answered.status_code in (401, 403):
            raise self._failure(f"refuses us ({answered.status_code})", "check alertmanager.token_command")
        if answered.status_code != httpx.codes.OK:
            raise self._failure(f"answers {answered.status_code}", "check alertmanager.url, with its path prefix")
        if len(answered.content) > _LARGEST_BYTES:
            raise self._failure("answers with more than can be read", "silence or inhibit what is not looked at")
        return answered

    def _failure(self, what: str, hint: str) -> Unavailable:
        return Unavailable(f"{self._server.place}: {what}", "", hint)


def _address(url: str) -> str:
    return f"{url.rstrip('/')}/api/v2/alerts"


def _client(server: Server) -> "AsyncClient":
    """Import the library and read the certificates; for a thread."""
    import httpx

    context = ssl.create_default_context()
    if server.ca_file is not None:
        try:
            context.load_verify_locations(server.ca_file)
        except OSError as error:
            hint = "check alertmanager.ca_file"
            raise Unavailable(f"{server.place}: {server.ca_file} can't be read", "", hint) from error
    return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, verify=context, headers={"User-Agent": "astreinte"})


def _reason(error: Exception) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return f"no answer in {_TIMEOUT_SECONDS:g} s"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted"
    return f"no connection ({_line(str(error)) or type(error).__name__})"


def as_mail(alert: Alert, server: Server) -> bytes:
    """Return an alert as the mail that reports it; the line of the client stands first."""
    name = alert.labels.get("alertname") or "alert"
    summary = alert.annotations.get("summary") or alert.annotations.get("description") or ""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _SENDER
    mail["Subject"] = _line(f"[FIRING:1] {name}: {summary}" if summary else f"[FIRING:1] {name}")[:300]
    mail["Date"] = format_datetime(alert.starts_at)
    mail["Message-ID"] = f"<{_word(alert.uid)}@{_word(urlsplit(server.url).hostname or 'alertmanager')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_body(alert, server.client_label)), charset="utf-8", cte="base64")
    return mail.as_bytes()


def _body(alert: Alert, client_label: str) -> list[str]:
    lines = []
    if client := alert.labels.get(client_label):
        lines += [f"client: {_line(client)}", ""]
    lines += [_line(text) for text in alert.annotations.values()]
    lines += ["", *(f"{_line(key)}: {_line(value)}" for key, value in sorted(alert.labels.items()))]
    return [*lines, f"startsAt: {alert.starts_at.isoformat()}", _line(alert.generator)]


def _line(text: Any) -> str:
    return plain(redact(str(text)))[:_VALUE_CHARS].strip()


def _word(text: str) -> str:
    """What may stand in a message's id."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-._") else "-" for char in text)
