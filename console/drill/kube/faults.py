"""What goes wrong on demand."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from console.drill.kube.status import Refusal, expired

_REASONS = {410: "Expired", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable"}


@dataclass
class Faults:
    """Switches, settable at run time."""

    answer: int = 0
    """Answer this code to the next `times` requests whose path contains `path`."""
    times: int = 0
    path: str = ""
    hang_watches: bool = False
    """Watches and followed logs say nothing more, but stay open."""
    latency_seconds: float = 0.0
    connections: list[web.Request] = field(default_factory=list)

    async def meet(self, request: web.Request) -> None:
        """Do what is switched on to a request; raises the refusal that it is to be answered with."""
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        if self.times > 0 and self.path in request.path:
            self.times -= 1
            if self.answer == 410:
                raise expired(0, 1)
            raise Refusal(self.answer, _REASONS.get(self.answer, "Unknown"), "the server says so on demand")

    def cut_connections(self) -> None:
        """Cut every connection that is open now."""
        for request in tuple(self.connections):
            if request.transport is not None:
                request.transport.abort()
