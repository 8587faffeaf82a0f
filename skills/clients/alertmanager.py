"""A Prometheus Alertmanager as a source of reports: each firing alert is one, shaped as a mail.

The API is version 2 (`GET /api/v2/alerts`). An alert is named after its fingerprint and the instant at which it
began to fire: however often it is offered it is the same report, and one that fires anew is another.
"""

import asyncio
import json
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr, ValidationError

from skills.clients.alert_mail import Alert, as_mail, split_address
from skills.clients.mailbox import Incoming
from skills.contract import Unavailable

if TYPE_CHECKING:
    from httpx import AsyncClient

_LARGEST_BYTES = 32 * 1024 * 1024
_QUERY = {"active": "true", "silenced": "false", "inhibited": "false"}
_CHECK_HINT = "check what alertmanager.token_env or token_command gives"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the Alertmanager is. `client_label` is the label that names the client's domain.

    With a `user` the secret is the password of HTTP's basic authentication, else a bearer token.
    """

    url: str
    seconds: float = 15.0
    client_label: str = "client"
    ca_file: Path | None = None
    user: str = ""
    timeout_seconds: float = 10.0

    @property
    def place(self) -> str:
        """How messages name it: never with what an address may carry of a secret."""
        return f"alertmanager {split_address(self.url).netloc.rpartition('@')[2]}"


class AlertmanagerSource:
    """Offers each firing alert once; one that is marked is not offered again by this source, as long as it fires.

    `secret` is asked for at each look; an empty one sends none. `on_connected` is called after each look.
    """

    def __init__(
        self,
        server: Server,
        secret: Callable[[], Awaitable[SecretStr]],
        *,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._server = server
        self._secret = secret
        self._on_connected = on_connected
        self._marked: set[str] = set()

    async def arrivals(self) -> AsyncIterator[Incoming]:
        """Yield the alerts that fire, oldest first, then new ones as they come.

        Raises:
            Unavailable: no answer, or one that says no.
            SkillError: the secret can't be had.
        """
        offered: set[str] = set()
        client = await asyncio.to_thread(_client, self._server)
        try:
            while True:
                firing = await self._firing(client)
                self._on_connected()
                self._marked &= firing.keys()
                for uid, alert in firing.items():
                    if uid not in offered and uid not in self._marked:
                        mail = as_mail(alert, self._server.url, self._server.client_label)
                        yield Incoming(uid, mail, self._server.place)
                offered = set(firing)
                await asyncio.sleep(self._server.seconds)
        finally:
            await client.aclose()

    async def mark(self, uid: str) -> None:
        """Note that an alert was taken; the server keeps nothing of that."""
        self._marked.add(uid)

    async def _firing(self, client: "AsyncClient") -> dict[str, Alert]:
        """Return the alerts by name; one that can't be read loses no other."""
        found = await asyncio.to_thread(_alerts, await self._body(client))
        if found is None:
            raise self._failure("answers with no list of alerts", "check alertmanager.url: is it an Alertmanager?")
        return {alert.uid: alert for alert in found}

    async def _body(self, client: "AsyncClient") -> bytes:
        """Ask once; `timeout_seconds` are for the whole answer, however slowly it drips."""
        import httpx

        address = f"{self._server.url.rstrip('/')}/api/v2/alerts"
        headers = self._headers((await self._secret()).get_secret_value())
        body = bytearray()
        try:
            async with (
                asyncio.timeout(self._server.timeout_seconds),
                client.stream("GET", address, params=_QUERY, headers=headers) as answered,
            ):
                self._judge(answered.status_code)
                async for chunk in answered.aiter_bytes():
                    body += chunk
                    if len(body) > _LARGEST_BYTES:
                        raise self._failure(f"answers with more than {_LARGEST_BYTES >> 20} MiB", "silence some alerts")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:
            raise self._failure(*_silence(error, self._server.timeout_seconds)) from error
        return bytes(body)

    def _headers(self, secret: str) -> dict[str, str]:
        if not secret:
            return {}
        if user := self._server.user:
            return {"Authorization": f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"}
        if not (secret.isascii() and secret.isprintable()):
            raise self._failure("no header can carry the token", _CHECK_HINT)
        return {"Authorization": f"Bearer {secret}"}

    def _judge(self, status: int) -> None:
        """Raise where the status is no success."""
        if status in (401, 403):
            raise self._failure(f"refuses us ({status})", _CHECK_HINT)
        if status >= 500:
            raise self._failure(f"answers {status}", "see its log, or that of the proxy before it")
        if status != 200:
            raise self._failure(f"answers {status}", "check alertmanager.url, with its path prefix")

    def _failure(self, what: str, hint: str) -> Unavailable:
        return Unavailable(f"{self._server.place}: {what}", "", hint)


def _client(server: Server) -> "AsyncClient":
    """Import the library and read the certificates; for a thread."""
    import httpx

    context = ssl.create_default_context()
    if server.ca_file is not None:
        try:
            context.load_verify_locations(server.ca_file)
        except OSError as error:
            what = f"{server.place}: {server.ca_file} can't be read"
            raise Unavailable(what, "", "check alertmanager.ca_file") from error
    return httpx.AsyncClient(timeout=server.timeout_seconds, verify=context, headers={"User-Agent": "astreinte"})


def _alerts(body: bytes) -> list[Alert] | None:
    """Return what can be read of the answer, oldest first; None where it is no list, or nothing of it is an alert."""
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list):
        return None
    found = []
    for item in listed:
        with suppress(ValidationError):
            found.append(Alert.model_validate(item))
    return sorted(found, key=lambda alert: alert.starts_at) if found or not listed else None


def _silence(error: BaseException, seconds: float) -> tuple[str, str]:
    """Return why there was no answer, and what to do; never the library's words, which may quote what was sent."""
    import httpx

    told: dict[type[BaseException], tuple[str, str]] = {
        socket.gaierror: ("the name does not resolve", "check alertmanager.url and the network"),
        ssl.SSLCertVerificationError: ("its certificate is not trusted", "name its authority in alertmanager.ca_file"),
        ssl.SSLError: ("speaks no TLS", "check alertmanager.url: is it http?"),
        TimeoutError: (f"no answer in {seconds:g} s", "check alertmanager.url and the network"),
        httpx.ConnectError: ("no connection", "check alertmanager.url, and that it runs"),
        httpx.NetworkError: ("cuts the connection", "see its log, or that of the proxy before it"),
        httpx.RemoteProtocolError: ("cuts the connection", "see its log, or that of the proxy before it"),
    }
    causes = [error]
    while deeper := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(deeper)
    fitting = (said for kind, said in told.items() if any(isinstance(cause, kind) for cause in causes))
    return next(fitting, ("can't be asked", "check alertmanager.url"))
