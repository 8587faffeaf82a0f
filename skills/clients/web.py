"""HTTP: the shop's own endpoints and the team's webhook."""

from dataclasses import dataclass
from typing import Protocol

from store.values import Json


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is at most 64 KiB of text, `json` its object where it is one."""

    status: int
    body: str
    seconds: float
    json: Json | None = None


class Web(Protocol):
    """Asks a URL; any status is an answer."""

    async def ask(
        self, method: str, url: str, *, json: Json | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Return the answer.

        Raises:
            Unavailable: no answer, with the reason (DNS, TLS, refused, timed out).
        """

    async def close(self) -> None:
        """Close the connections."""
