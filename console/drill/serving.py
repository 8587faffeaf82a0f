"""How a loopback HTTP server is started: on 127.0.0.1 alone, on a free port, with the world's own date."""

from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from console.drill.request_log import Clock

LOOPBACK = "127.0.0.1"


async def serve(app: web.Application, port: int = 0) -> tuple[web.AppRunner, int]:
    """Serve `app` and return its runner and port; the caller cleans the runner up."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, port)
    await site.start()
    bound: tuple[str, int] = runner.addresses[0]
    return runner, bound[1]


def date_header(now: Clock) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A signal handler that dates answers by the world's clock, as a client's check of clock skew expects."""

    async def stamp(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(now().astimezone(UTC), usegmt=True)

    return stamp


def usage(touch: Callable[[int], None]) -> Middleware:
    """A middleware that tells when a request begins (+1) and ends (-1), streams included."""

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        touch(1)
        try:
            return await handler(request)
        finally:
            touch(-1)

    return watch
