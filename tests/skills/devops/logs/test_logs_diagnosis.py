"""Root over symptom, from logs and live facts together; what could not be looked at is no finding."""

from datetime import UTC, datetime
from typing import Any

from skills.devops.monitoring.logs import LogText, diagnose, diagnose_logs
from store.values import Evidence

NOON = datetime(2025, 1, 9, 12, tzinfo=UTC)
WELL = ["2025-01-09T10:00:00Z INFO POST /pay status=200 payment intent succeeded"]
FAILED = "2025-01-09T10:05:00Z INFO POST /pay status=500"


def seen(kind: str, ident: str = "1", unavailable: str = "", **facts: Any) -> Evidence:
    return Evidence(
        id=ident, source=kind, kind=kind, captured_at=NOON, facts=facts, unavailable=unavailable, excerpt=f"{kind} seen"
    )


def cause_of(*lines: str) -> dict[str, Any]:
    (row,) = diagnose_logs([("log", ("\n".join(lines) + "\n").encode())])
    return row


def test_a_full_pool_explains_timeouts_and_failing_readiness() -> None:
    lines = [
        "ERROR could not obtain a connection from the pool within 5.000 seconds",
        "ERROR upstream timed out (110: Connection timed out) while reading response header from upstream",
        "9s Warning Unhealthy pod/shop-1 Readiness probe failed: HTTP probe failed with statuscode: 503",
    ]
    row = cause_of(*WELL * 20, *lines * 5)
    assert row["cause"] == "db.too_many_connections"
    assert set(row["also"]) == {"upstream.timeout", "k8s.readiness_failing"}


def test_a_whisper_that_explains_the_shouting_is_the_root() -> None:
    shouting = ["ERROR could not connect to Stripe: connection error", FAILED] * 30
    row = cause_of(*WELL * 40, "ERROR getaddrinfo EAI_AGAIN api.stripe.com", *shouting)
    assert row["cause"] == "dns.resolution_failed"
    assert row["lines"] == [41]


def test_the_same_whisper_long_over_explains_nothing() -> None:
    shouting = ["ERROR could not connect to Stripe: connection error", FAILED] * 30
    row = cause_of("ERROR getaddrinfo EAI_AGAIN api.stripe.com", *WELL * 400, *shouting)
    assert row["cause"] == "stripe.outage"


def test_two_independent_causes_are_both_named() -> None:
    found = diagnose(
        [
            seen("stripe.probe", "1", status=401, code="api_key_expired"),
            seen("pod.waiting", "2", pod="cart-1", reason="ImagePullBackOff"),
        ]
    )
    assert {cause.key for cause in found.causes} == {"stripe.api_key_expired", "k8s.image_pull"}


def test_the_code_tells_an_expired_key_from_an_invalid_one() -> None:
    """Both are a 401 of the same type."""
    (cause,) = diagnose([seen("stripe.probe", status=401, code="")]).causes
    assert cause.key == "stripe.api_key_invalid"


def test_a_facts_excerpt_and_id_are_the_proof() -> None:
    (cause,) = diagnose([seen("pod.terminated", "e7", reason="OOMKilled")]).causes
    assert [(proof.evidence, proof.line) for proof in cause.proofs] == [("e7", "pod.terminated seen")]


def test_what_could_not_be_looked_at_is_no_finding_but_lowers_confidence() -> None:
    looked = seen("stripe.probe", status=401, code="api_key_expired")
    blind = seen("pod.waiting", "2", unavailable="403 on pods", reason="ImagePullBackOff")
    (sure,), (unsure,) = diagnose([looked]).causes, diagnose([looked, blind]).causes
    assert unsure.confidence < sure.confidence
    assert [words["fr"] for words in unsure.unseen] == ["pod.waiting: 403 on pods"]
    assert diagnose([blind]).healthy


def test_a_disproof_speaks_against_the_cause() -> None:
    lines = "ERROR Expired API Key provided: sk_live_****\n" + f"{FAILED}\n" * 3
    logs = [LogText("log", "log", lines.encode())]
    (cause,) = diagnose([seen("stripe.probe", status=200)], logs).causes
    (undisputed,) = diagnose([], logs).causes
    (against,) = cause.against
    assert against == {"fr": "Stripe accepte la clé des pods", "en": "Stripe accepts the pods' key"}
    assert cause.confidence < undisputed.confidence


def test_evidence_of_kind_log_is_read_by_its_excerpt() -> None:
    evidence = Evidence(
        id="l1",
        source="logs/shop",
        kind="log",
        captured_at=NOON,
        excerpt="ERROR CERT_HAS_EXPIRED\nERROR CERT_HAS_EXPIRED",
    )
    (cause,) = diagnose([evidence]).causes
    assert cause.key == "tls.certificate_expired"
    assert cause.proofs[0].evidence == "l1"


def test_proof_lines_carry_no_secret() -> None:
    key = "sk_" + "live_" + "a1" * 16
    (cause,) = diagnose([], [LogText("l", "l", f"ERROR Expired API Key provided: {key}\n".encode())]).causes
    assert key not in cause.proofs[0].line


def test_nothing_is_healthy() -> None:
    assert diagnose([], [LogText("l", "l", b"")]).healthy
