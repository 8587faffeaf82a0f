"""Idempotent requests: the first answer under a key is the answer to all that repeat it.

https://docs.stripe.com/api/idempotent_requests: refused validation and conflicts are not kept.
"""

from dataclasses import dataclass
from typing import Any

from console.drill.stripe_api import refusals


@dataclass
class Answer:
    """What was answered: status, body, the request's identifier. Status 0 while it is still being made."""

    fingerprint: tuple[str, str]
    status: int = 0
    body: Any = None
    request_id: str = ""


class Replays:
    """The answers given, by account and idempotency key."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answer] = {}

    def begin(self, account: str, key: str, fingerprint: tuple[str, str]) -> Answer | None:
        """The kept answer to repeat, or None where this request is the first and must be carried out."""
        kept = self._answers.get((account, key))
        if kept is None:
            self._answers[account, key] = Answer(fingerprint)
            return None
        if kept.fingerprint != fingerprint:
            raise refusals.idempotency_mismatch(key)
        if not kept.status:
            raise refusals.idempotency_busy(key)
        return kept

    def finish(self, account: str, key: str, status: int, body: Any, request_id: str) -> None:
        """Keep the answer, unless nothing was carried out."""
        if status in {400, 401, 403, 404, 409, 429}:
            del self._answers[account, key]
            return
        answer = self._answers[account, key]
        answer.status, answer.body, answer.request_id = status, body, request_id
