"""Payment methods: Stripe's test cards in test mode, and the cards saved with the account in live mode."""

from dataclasses import dataclass, field

from console.drill.stripe_api import refusals
from console.drill.stripe_api.keys import Mode

TEST_CARDS = {
    "pm_card_visa": "",
    "pm_card_mastercard": "",
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_visa_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedLostCard": "lost_card",
}


@dataclass
class PaymentMethods:
    """Which payment methods exist, by mode; each maps to the decline code that its bank gives, or to nothing."""

    live: dict[str, str] = field(default_factory=dict)

    def decline_code(self, identifier: str, mode: Mode) -> str:
        """What the bank will say; raises Stripe's 400 where the method does not exist in this mode."""
        here, there = (self.live, TEST_CARDS) if mode == "live" else (TEST_CARDS, self.live)
        if identifier in here:
            return here[identifier]
        other_mode = ("test" if mode == "live" else "live") if identifier in there else ""
        raise refusals.missing("PaymentMethod", identifier, "payment_method", other_mode)
