"""The scenario files: each can be read, and says what a good answer is."""

from datetime import datetime, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from console.drill import accounts, scenario
from console.drill.past import Past
from console.drill.stripe_api.keys import KeyRing

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_is_read_whole(name: str) -> None:
    read = scenario.load(name)
    assert read.answer.cause
    assert {"fr", "en"} == set(read.title)
    assert read.shop.workload in {each.name for each in read.cluster.workloads}
    assert any(mail.at <= read.starts_at for mail in read.mails)


def test_the_default_is_the_blocked_payments() -> None:
    read = scenario.load()
    assert read.name == "paiements-bloques"
    assert (read.answer.cause, read.answer.deadline) == (
        "stripe.api_key_expired",
        datetime(2025, 1, 9, 14, tzinfo=PARIS),
    )


def test_the_same_hours_of_earlier_weeks_lost_about_twelve_payments_and_850_euros() -> None:
    read = scenario.load()
    stripe = accounts.open_accounts(read, lambda: read.start, KeyRing())
    charges = [each for each in stripe.accounts[read.stripe.account][1].charges.values() if each["paid"]]
    onset = datetime(2025, 1, 9, 10, tzinfo=PARIS)
    weeks = []
    for week in range(5):
        start = onset - timedelta(weeks=week)
        within = (start.timestamp(), (start + timedelta(hours=2, minutes=15)).timestamp())
        weeks.append([each["amount"] / 100 for each in charges if within[0] <= each["created"] < within[1]])
    outage, *earlier = weeks
    assert outage == []
    assert mean(len(week) for week in earlier) == pytest.approx(12, abs=1)
    assert mean(sum(week) for week in earlier) == pytest.approx(850, abs=40)


def test_the_past_log_holds_stripes_refusal_from_ten_o_clock_on_and_not_before() -> None:
    read = scenario.load()
    ring = KeyRing()
    keys = accounts.make_keys(read, ring)
    stripe = accounts.open_accounts(read, lambda: read.start, ring)
    past = Past(read, stripe, keys.current, accounts.cards(read))
    entries = [entry for log in read.logs for entry in past.entries(log, ["pod-a", "pod-b", "pod-c"])]
    refused = [at for at, _, line in entries if "Expired API Key provided: sk_live_***" in line]
    assert len(refused) > 300
    assert min(refused) == datetime(2025, 1, 9, 10, 0, 3, tzinfo=PARIS)
    assert max(at for at, _, _ in entries) < read.start
    assert not [line for _, _, line in entries if keys.current in line]
