"""Whether an offered Stripe key fits, from its text and from what Stripe says to it: pure."""

import re

from skills.clients.payments import KeyProbe
from skills.contract import Unavailable
from skills.site import StripeSite

Refusal = tuple[str, str]
"""Reason of `SecretRefused`, and detail."""

_FORM = re.compile(r"(?:sk|rk)_(live|test)_[A-Za-z0-9_]{8,}")


def judge_text(value: str, stripe: StripeSite) -> Refusal | None:
    """Refuse what is no secret key by its form, or one of the other mode, before it leaves the machine."""
    form = _FORM.fullmatch(value)
    if form is None:
        return "garbage", "" if not value.startswith("pk_") else "pk_"
    if (form[1] == "live") != stripe.livemode:
        return "other_mode", form[1]
    return None


def judge_probe(probe: KeyProbe, stripe: StripeSite, account: str) -> Refusal | None:
    """Refuse a key by Stripe's answer; `account` is the client's, empty where nothing is known of it.

    Raises:
        Unavailable: Stripe is busy or in trouble, which says nothing of the key.
    """
    if probe.code == "api_key_expired":
        return "expired", probe.message
    if probe.status == 401:
        return "invalid", probe.message
    if probe.status == 403:
        return "permissions", ", ".join(probe.missing) or probe.message
    if not probe.accepted:
        raise Unavailable(f"Stripe answers {probe.status}", probe.message, "offer the key again in a moment")
    if probe.livemode is not None and probe.livemode != stripe.livemode:
        return "other_mode", "live" if probe.livemode else "test"
    if account and probe.account and probe.account != account:
        return "other_account", probe.account
    return None
