"""Which offered Stripe keys are refused, and why."""

import pytest

from console.drill.stripe_api.keys import make_secret
from skills.clients.payments import KeyProbe
from skills.contract import Unavailable
from skills.devops.secrets.key_trial import judge_probe, judge_text
from skills.site import StripeSite

LIVE = StripeSite(account="acct_1Shop")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(make_secret(), None, id="live"),
        pytest.param(make_secret("live", "rk"), None, id="restricted"),
        pytest.param(make_secret("test"), "other_mode", id="test"),
        pytest.param(make_secret().replace("sk_", "pk_"), "garbage", id="publishable"),
        pytest.param(make_secret() + "\n", "garbage", id="newline"),
        pytest.param("correct horse battery staple", "garbage", id="passphrase"),
        pytest.param("", "garbage", id="empty"),
        pytest.param("sk_live_", "garbage", id="prefix"),
    ],
)
def test_a_keys_form_and_mode_are_judged_before_it_leaves_the_machine(value: str, reason: str | None) -> None:
    refusal = judge_text(value, LIVE)
    assert (refusal[0] if refusal else None) == reason


@pytest.mark.parametrize(
    ("probe", "reason"),
    [
        (KeyProbe(200, account="acct_1Shop", livemode=True), None),
        (KeyProbe(200, account="", livemode=True), None),
        (KeyProbe(200, account="acct_1Other", livemode=True), "other_account"),
        (KeyProbe(200, account="acct_1Shop", livemode=False), "other_mode"),
        (KeyProbe(401, code="api_key_expired"), "expired"),
        (KeyProbe(401), "invalid"),
        (KeyProbe(403, code="more_permissions_required", missing=("rak_payment_intent_write",)), "permissions"),
    ],
)
def test_stripes_answer_decides_whether_a_key_fits(probe: KeyProbe, reason: str | None) -> None:
    refusal = judge_probe(probe, LIVE, "acct_1Shop")
    assert (refusal[0] if refusal else None) == reason


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_stripe_in_trouble_says_nothing_of_the_key(status: int) -> None:
    with pytest.raises(Unavailable):
        judge_probe(KeyProbe(status), LIVE, "acct_1Shop")
