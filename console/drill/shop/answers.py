"""What Stripe answered to the shop."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class StripeAnswer:
    """Stripe's answer; `status` 0 where there was none, and `body` empty where it was no JSON object."""

    status: int
    body: Json = field(default_factory=dict)
    request_id: str = ""

    @property
    def paid(self) -> bool:
        """Whether Stripe carried it out."""
        return self.status == 200

    @property
    def error(self) -> Json:
        """Stripe's error object, with a message in any case where Stripe answered."""
        default = {"message": "An unknown error occurred", "type": "api_error"} if self.status else {}
        found: Json = self.body.get("error", default)
        return found
