"""A proof is a log line as it was captured: no secret of it goes further."""

from datetime import UTC, datetime

from skills.clients.cluster import LogLine
from skills.devops.monitoring.naming import name_causes
from skills.devops.monitoring.pod_logs import PodLog

KEY = "sk_" + "live_" + "4f9a" * 10


async def test_a_key_that_a_pod_printed_in_full_is_short_in_the_proof() -> None:
    said = f'{{"level":50,"msg":"payment failed","err":{{"message":"Expired API Key provided: {KEY}"}}}}'
    lines = tuple(LogLine(datetime(2025, 1, 9, 9, minute, tzinfo=UTC), said) for minute in range(20))
    causes = await name_causes((), (PodLog("logs/payment-service-1/app", lines),))
    assert causes[0].key == "stripe.api_key_expired"
    assert causes[0].proofs
    assert KEY not in causes[0].model_dump_json()
