"""HTTP to a Kubernetes API server by the official client's configuration, credentials and transport.

Objects stay JSON: the client's strict models reject what a newer or broken server sends. The library
costs most of a second to import, so it is loaded in a thread at the first request.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from skills.clients.kubernetes_errors import Silent, failure_of, no_answer
from skills.contract import Unavailable
from store.values import Json

Query = Sequence[tuple[str, str]]

_RETRIED = frozenset({429, 500, 502, 503, 504})
_PAUSES = (0.2, 0.6)
_LONGEST_RETRY_AFTER = 2.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long what may take, in seconds. A watch ends by itself after `watch`; silence beyond is a broken link."""

    connect: float = 5.0
    request: float = 10.0
    logs: float = 20.0
    watch: float = 50.0
    grace: float = 10.0
    follow_idle: float = 60.0
    pauses: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0)
    """Between attempts to resume a stream; the last one is repeated."""

    def pause(self, failures: int) -> float:
        """Return how long to wait after that many failures in a row."""
        return self.pauses[min(max(failures, 1), len(self.pauses)) - 1]


class Limit(NamedTuple):
    """How long a request may take in all, until it is connected, and without a byte, in seconds; None is for ever."""

    total: float | None = None
    connect: float | None = None
    silence: float | None = None


_BOUNDLESS = Limit()


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent, and resent."""

    method: str
    path: str
    query: Query = ()
    body: Any = None
    content_type: str = "application/json"
    limit: Limit = _BOUNDLESS

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def url(self) -> str:
        """The path with its query."""
        return self.path + ("?" + urlencode(self.query) if self.query else "")


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer, whole. `date` is the server's clock as it stands in the header."""

    body: bytes
    date: str

    def json(self) -> Json:
        """Return the body's object."""
        found: Json = json.loads(self.body)
        return found


class Connection:
    """One API server under one context's credentials."""

    def __init__(self, kubeconfig: Path | None, context: str | None, timing: Timing = Timing()) -> None:
        self.timing = timing
        self.name = f"cluster {context}" if context else "the cluster"
        self._kubeconfig, self._context = kubeconfig, context
        self._api: Any = None
        self._loading = asyncio.Lock()

    async def send(
        self,
        method: str,
        path: str,
        query: Query = (),
        *,
        body: Any = None,
        content_type: str = "application/json",
        seconds: float | None = None,
    ) -> Reply:
        """Ask once, a read up to three times where the server is busy or the link broke; return the answer.

        Raises:
            Failure: as `kubernetes_errors` names it.
        """
        limit = Limit(seconds or self.timing.request, self.timing.connect)
        request = Request(method, path, query, body, content_type, limit)
        pauses = iter(_PAUSES if method == "GET" else ())
        while True:
            answer, wait = await self._attempt(request)
            if isinstance(answer, Reply):
                return answer
            pause = next(pauses, None)
            if pause is None:
                raise answer
            await asyncio.sleep(pause if wait is None else wait)

    async def _attempt(self, request: Request) -> tuple[Reply | Unavailable, float | None]:
        """Ask once; return the answer, or what may be better in a moment and how long the server asks to wait."""
        try:
            async with self._open(request) as response:
                content: bytes = await response.read()
                if response.status < 400:
                    return Reply(content, response.headers.get("Date", "")), None
                failure = failure_of(response.status, content, str(request), self.name)
                if response.status in _RETRIED and isinstance(failure, Unavailable):
                    return failure, _retry_after(response.headers.get("Retry-After", ""))
                raise failure
        except _link_errors() as error:
            return no_answer(error, str(request), self.name), None

    @asynccontextmanager
    async def stream(self, path: str, query: Query, idle: float) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a stream and give its lines.

        Raises:
            Silent: nothing came for `idle` seconds.
            Failure: the request was not accepted, or the stream broke.
        """
        request = Request("GET", path, query, limit=Limit(None, self.timing.connect, idle))
        try:
            async with self._open(request) as response:
                if response.status >= 400:
                    raise failure_of(response.status, await response.read(), str(request), self.name)
                yield _lines(response.content)
        except _silence() as error:
            raise Silent(f"{self.name} has fallen silent", f"{request}: nothing for {idle:g} s") from error
        except _link_errors() as error:
            raise no_answer(error, str(request), self.name) from error

    async def close(self) -> None:
        """Close the connections."""
        api, self._api = self._api, None
        if api is not None:
            await api.close()

    @asynccontextmanager
    async def _open(self, request: Request) -> AsyncIterator[Any]:
        """Send the request and give the transport's response; renew the credentials once where they are refused."""
        api = await self._client()
        response = await _ask(api, request)
        if response.status == 401:
            response.close()
            await self._forget(api)
            response = await _ask(await self._client(), request)
        try:
            yield response
        finally:
            response.close()

    async def _forget(self, api: Any) -> None:
        """Drop a client whose credentials have run out, unless another request has done so."""
        if self._api is api:
            await self.close()

    async def _client(self) -> Any:
        async with self._loading:
            if self._api is None:
                try:
                    self._api = await asyncio.to_thread(_load, self._kubeconfig, self._context)
                except Exception as error:
                    where = self._kubeconfig or "the default kubeconfig"
                    raise Unavailable(
                        f"{self.name} can't be configured",
                        f"{where}: {type(error).__name__}: {error}",
                        "check the kubeconfig and its context",
                    ) from error
            return self._api


def _load(kubeconfig: Path | None, context: str | None) -> Any:
    """Import the library and read the credentials; in a thread, for both block (exec plugins as well)."""
    from kubernetes.aio import config
    from kubernetes.aio.client import ApiClient, Configuration

    default = os.environ.get("KUBECONFIG") or Path("~/.kube/config").expanduser()
    if kubeconfig is None and not Path(default).exists() and "KUBERNETES_SERVICE_HOST" in os.environ:
        inside = Configuration()
        config.load_incluster_config(client_configuration=inside)
        return ApiClient(inside)
    loading = config.new_client_from_config(
        config_file=str(kubeconfig or default), context=context, persist_config=False
    )
    return asyncio.run(loading)


async def _ask(api: Any, request: Request) -> Any:
    """Send a request with the client's credentials; return the transport's response, not yet read."""
    from aiohttp import ClientTimeout  # the client's own transport, which is there by now

    total, connect, silence = request.limit
    limit = ClientTimeout(total=total, sock_connect=connect, sock_read=silence)
    headers = {"Accept": "application/json, */*", "Content-Type": request.content_type}
    prepared = await api.param_serialize(
        request.method, request.url, header_params=headers, body=request.body, auth_settings=["BearerToken"]
    )
    answer = await api.call_api(*prepared, _request_timeout=limit)
    return answer.response


def _silence() -> type[BaseException]:
    """Return what a read that took too long raises."""
    from aiohttp import SocketTimeoutError

    return SocketTimeoutError


def _link_errors() -> tuple[type[BaseException], ...]:
    """Return what a broken link raises; looked up only once something was raised."""
    from aiohttp import ClientError

    return ClientError, TimeoutError, OSError


def _retry_after(header: str) -> float | None:
    return min(float(header), _LONGEST_RETRY_AFTER) if header.isdigit() else None


async def _lines(content: Any) -> AsyncIterator[bytes]:
    """Yield whole lines of any length; what follows the last newline is a line as well."""
    rest = b""
    async for chunk in content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
    if rest:
        yield rest
