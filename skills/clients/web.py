"""HTTP: the shop's own endpoints and the team's webhook; and what lies under them, names and certificates."""

import asyncio
import json as json_text
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from skills.contract import Unavailable
from store.safe_text import redact
from store.values import Json

if TYPE_CHECKING:
    from httpx import AsyncClient

_BODY_BYTES = 64 * 1024
_SECONDS = 15.0
_CONNECT_SECONDS = 5.0

Silence = Literal["dns", "tls", "refused", "timeout", "cut"]


class NoAnswer(Unavailable):
    """There was no answer; `reason` says how far the question got."""

    def __init__(self, title: str, detail: str, reason: Silence) -> None:
        super().__init__(title, detail, "check the address and the network")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is at most 64 KiB of text, `json` its object where it is one."""

    status: int
    body: str
    seconds: float
    json: Json | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate. `problem` is why it is not trusted, empty where it is."""

    not_after: datetime | None = None
    issuer: str = ""
    problem: str = ""


class Web(Protocol):
    """Asks a URL; any status is an answer."""

    async def ask(
        self, method: str, url: str, *, json: Json | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Return the answer.

        Raises:
            NoAnswer: with the reason (DNS, TLS, refused, timed out, cut).
        """

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Return the host's addresses.

        Raises:
            NoAnswer: the name does not resolve.
        """

    async def certificate(self, host: str, port: int) -> Certificate:
        """Return the certificate that is shown there.

        Raises:
            NoAnswer: nothing there speaks TLS.
        """

    async def close(self) -> None:
        """Close the connections."""


class HttpWeb:
    """Asks without following redirects; each question has `seconds` in all."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._http: AsyncClient | None = None
        self._loading = asyncio.Lock()

    async def ask(
        self, method: str, url: str, *, json: Json | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Return the answer, its body cut at 64 KiB."""
        client = await self._client()
        import httpx  # after the client has loaded it in a thread

        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                async with client.stream(method, url, json=json, headers=headers) as response:
                    body = b""
                    async for chunk in response.aiter_bytes():
                        body += chunk
                        if len(body) >= _BODY_BYTES:
                            break
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise _no_answer(url, error) from error
        text = body[:_BODY_BYTES].decode(response.encoding or "utf-8", errors="replace")
        return Answer(response.status_code, text, time.monotonic() - begun, _object(text))

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Ask the system's resolver."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise NoAnswer(f"{host} does not resolve", str(error) or "timed out", "dns") from error
        return tuple(dict.fromkeys(str(address[4][0]) for address in found))

    async def certificate(self, host: str, port: int) -> Certificate:
        """Shake hands under the system's trust; why that fails is what is to be known."""
        context = await asyncio.to_thread(ssl.create_default_context)
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            return Certificate(problem=error.verify_message)
        except (OSError, TimeoutError) as error:
            raise NoAnswer(f"{host}:{port} speaks no TLS", str(error) or "timed out", _reason(error)) from error
        shown = writer.get_extra_info("peercert") or {}
        writer.close()
        issuer = ", ".join(
            value for part in shown.get("issuer", ()) for name, value in part if name == "organizationName"
        )
        return Certificate(not_after=_instant(shown.get("notAfter", "")), issuer=issuer)

    async def close(self) -> None:
        """Close the connections."""
        client, self._http = self._http, None
        if client is not None:
            await client.aclose()

    async def _client(self) -> "AsyncClient":
        async with self._loading:
            if self._http is None:
                self._http = await asyncio.to_thread(_load, self._seconds)
            return self._http


def _load(seconds: float) -> "AsyncClient":
    """Import the library and read the certificates; in a thread."""
    from httpx import AsyncClient, Timeout

    return AsyncClient(timeout=Timeout(seconds, connect=_CONNECT_SECONDS), headers={"User-Agent": "astreinte"})


def _object(text: str) -> Json | None:
    try:
        found = json_text.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _instant(not_after: str) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), UTC) if not_after else None


def _no_answer(url: str, error: Exception) -> NoAnswer:
    return NoAnswer(f"No answer from {redact(url)}", redact(str(error)) or type(error).__name__, _reason(error))


def _reason(error: BaseException) -> Silence:
    """Tell how far the question got from the error at the bottom; httpx keeps it as a cause."""
    import httpx

    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, socket.gaierror):
            return "dns"
        if isinstance(seen, ssl.SSLError):
            return "tls"
        if isinstance(seen, ConnectionRefusedError):
            return "refused"
        if isinstance(seen, (TimeoutError, httpx.TimeoutException)):
            return "timeout"
        seen = seen.__cause__ or seen.__context__
    text = str(error).lower()  # httpx's own transport may keep nothing but the message
    if "name or service" in text or "name resolution" in text or "nodename" in text:
        return "dns"
    return "refused" if "refused" in text or "connection attempts failed" in text else "cut"
