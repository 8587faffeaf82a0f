"""What can be made to go wrong at Stripe, at any moment of the drill."""

import random
from typing import Literal

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


def refusal(trouble: Trouble) -> refusals.Refused | None:
    """What Stripe's API says in this trouble; None where it does not answer as an API at all."""
    made = {
        "rate_limit": refusals.rate_limited,
        "lock_timeout": refusals.lock_timeout,
        "server_error": refusals.server_error,
    }.get(trouble)
    return made() if made else None
