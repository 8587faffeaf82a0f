"""What can be made to go wrong at Stripe, at any moment of the drill."""

import random
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from console.drill.stripe_api import refusals

Trouble = Literal["none", "rate_limit", "lock_timeout", "server_error", "outage", "unreachable"]


class StripeSwitches(BaseModel):
    """`trouble` befalls `share` of the requests; a `disabled_reason` such as `rejected.other` stops all charges."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    trouble: Trouble = "none"
    share: float = Field(default=1.0, ge=0, le=1)
    latency: float = Field(default=0.0, ge=0, le=60)
    disabled_reason: str = ""

    def strikes(self) -> bool:
        """Whether this request meets the trouble."""
        return self.trouble != "none" and random.random() < self.share  # noqa: S311 (chance, not secrecy)


def misfortune(trouble: Trouble, request: web.Request) -> web.Response:
    """The answer of a Stripe in trouble; raises its refusals."""
    if trouble == "rate_limit":
        raise refusals.rate_limited()
    if trouble == "lock_timeout":
        raise refusals.lock_timeout()
    if trouble == "server_error":
        raise refusals.server_error()
    if trouble == "unreachable" and request.transport is not None:
        request.transport.abort()
    return web.Response(status=503, content_type="text/html", text="<html><h1>503 Service Unavailable</h1></html>")
