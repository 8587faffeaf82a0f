"""A Stripe account, asked with a key that is given at each call and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class KeyProbe:
    """What Stripe says to a key. `status` is HTTP's, 0 where there was no answer; `code` is Stripe's error code.

    `account` and `livemode` are known where the key was accepted. `missing` lists what the key may
    not do, of what the payments need. `message` is Stripe's own, redacted.
    """

    status: int
    code: str = ""
    message: str = ""
    request_id: str = ""
    account: str = ""
    livemode: bool | None = None
    charges_enabled: bool | None = None
    missing: tuple[str, ...] = ()
    disabled_reason: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the key works."""
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment attempt. `amount` in minor units."""

    amount: int
    currency: str
    created: datetime
    paid: bool


class Payments(Protocol):
    """Reads only: the product never moves money but by the shop's own smoke test."""

    async def probe(self, key: SecretStr, base_address: str) -> KeyProbe:
        """Try a key; an answer of Stripe's is never an exception.

        Raises:
            Unavailable: no answer, or none of Stripe's making.
        """

    async def charges(self, key: SecretStr, base_address: str, start: datetime, end: datetime) -> Sequence[Charge]:
        """Return the charges created in `[start, end)`; all pages.

        Raises:
            Unavailable: no answer, or the key may not.
        """

    async def failing_webhooks(self, key: SecretStr, base_address: str) -> Sequence[str]:
        """Return the URLs of webhook endpoints that Stripe has disabled or that have no secret in use."""

    async def close(self) -> None:
        """Close the connections."""
