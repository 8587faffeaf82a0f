"""Each cause is known by what real clients, drivers, runtimes and Kubernetes print."""

import json

import pytest

from skills.devops.monitoring.logs import diagnose_logs
from skills.devops.monitoring.logs.causes import causes

WORDINGS = {
    "stripe.api_key_expired": (
        "ERROR Stripe.StripeException: Expired API Key provided: sk_live_****abcd",
        'ERROR {"error":{"code":"api_key_expired","type":"invalid_request_error"}}',
        "ERROR our Stripe secret key has expired",
    ),
    "stripe.api_key_invalid": (
        "ERROR charge: Invalid API Key provided: sk_live_****",
        "ERROR api.stripe.com POST /v1/charges -> 401",
        "ERROR You did not provide an API key. You need to provide your API key in the Authorization header",
    ),
    "stripe.key_mode_mismatch": (
        "ERROR No such price; a similar object exists in test mode, but a live mode key was used to make this request",
        "WARN stripe client initialised with sk_test_ key while APP_ENV=production",
    ),
    "stripe.permission_denied": (
        "ERROR Stripe: rk_live_*** lacks permission rak_charge_write",
        "ERROR The provided key does not have access to account 'acct_1'. stripe",
    ),
    "stripe.rate_limited": (
        "ERROR Stripe.RateLimitException: Request rate limit exceeded",
        "ERROR api.stripe.com responded 429",
    ),
    "stripe.outage": (
        "ERROR POST https://api.stripe.com/v1/charges: 503 Service Unavailable",
        "ERROR IOException during API request to Stripe (https://api.stripe.com): Connection reset",
    ),
    "stripe.webhook_signature": (
        "ERROR The expected signature was not found in the Stripe-Signature header",
        "ERROR SignatureVerificationException: Unable to extract timestamp and signatures from header",
    ),
    "stripe.account_restricted": (
        "WARN account.updated charges_enabled: false",
        "ERROR Your account cannot currently make live charges.",
    ),
    "k8s.crash_loop": (
        "Warning  BackOff  kubelet  Back-off restarting failed container",
        "shop-7d 0/1 CrashLoopBackOff 9 5m",
    ),
    "k8s.image_pull": ('Failed to pull image "shop:1": not found', "shop-1 0/1 ImagePullBackOff 0 3m"),
    "k8s.oom_killed": (
        "    Reason:       OOMKilled",
        "kernel: Out of memory: Killed process 33 (php-fpm)",
        "FATAL ERROR: Allocation failed - JavaScript heap out of memory",
    ),
    "k8s.config_missing": (
        'Error: configmap "app-config" not found',
        "Error: couldn't find key STRIPE_KEY in Secret shop/payment",
    ),
    "k8s.readiness_failing": ("Readiness probe failed: HTTP probe failed with statuscode: 503",),
    "k8s.unschedulable": (
        "0/3 nodes are available: 3 Insufficient cpu.",
        'pods "shop-1" is forbidden: exceeded quota: team',
    ),
    "k8s.scaled_to_zero": (
        "Scaled down replica set shop-6d5 to 0 from 2",
        "shop-api   0/0   0   0   212d",
        "Replicas:  0 desired | 0 updated | 0 total",
    ),
    "db.connection_refused": (
        "ERROR dial tcp 10.0.0.5:3306: connect: connection refused",
        "ERROR tcp connect (db.shop:5432): connection refused - :econnrefused",
        "ERROR ORA-12541: TNS:no listener",
        "ERROR Can't reach database server at `db:5432`",
    ),
    "db.auth_failed": (
        'FATAL: password authentication failed for user "shop"',
        "ERROR 1045 (28000): Access denied for user 'shop'@'10.0.0.1' (using password: YES)",
        "ERROR Login failed for user 'shop'.",
    ),
    "db.too_many_connections": (
        "FATAL: sorry, too many clients already",
        "ERROR HikariPool-1 - Connection is not available, request timed out after 30000ms (active=10, idle=0)",
        "ERROR Knex: Timeout acquiring a connection. The pool is probably full.",
        "ERROR pool timed out while waiting for an open connection",
    ),
    "db.schema_mismatch": (
        'ERROR: relation "orders" does not exist at character 15',
        "ERROR 1054 (42S22): Unknown column 'slot' in 'field list'",
        "ERROR Invalid object name 'dbo.Orders'.",
    ),
    "tls.certificate_expired": (
        "ERROR x509: certificate has expired or is not yet valid",
        "ERROR invalid peer certificate: Expired",
        "ERROR CERT_HAS_EXPIRED",
    ),
    "dns.resolution_failed": (
        "ERROR dial tcp: lookup db.svc on 10.96.0.10:53: no such host",
        "ERROR getaddrinfo EAI_AGAIN erp",
        "ERROR cURL error 6: Could not resolve host: erp",
    ),
    "disk.full": (
        "ERROR OSError: [Errno 28] No space left on device",
        "ERROR SQLITE_FULL: database or disk is full",
        "Evicted: The node was low on resource: ephemeral-storage.",
    ),
    "cache.unavailable": (
        "ERROR Error 111 connecting to redis.shop.svc:6379. Connection refused.",
        "ERROR Dalli::RingError: No server available",
        "ERROR CLUSTERDOWN The cluster is down",
    ),
    "upstream.timeout": (
        "ERROR upstream timed out (110: Connection timed out) while reading response header",
        "ERROR AxiosError: timeout of 5000ms exceeded",
        "ERROR rpc error: code = DeadlineExceeded desc = context deadline exceeded",
    ),
    "config.env_missing": (
        "KeyError: 'STRIPE_SECRET_KEY'",
        'panic: required environment variable "DATABASE_URL" is not set',
        "ERROR Could not resolve placeholder 'STRIPE_KEY' in value",
    ),
    "app.unhandled_exception": (
        "TypeError: Cannot read properties of null (reading 'id')",
        "panic: runtime error: index out of range [3] with length 3",
        "System.NullReferenceException: Object reference not set to an instance of an object.",
    ),
}
CASES = [(cause, line) for cause, lines in WORDINGS.items() for line in lines]


def log(line: str) -> bytes:
    ordinary = [f"2025-03-03T10:00:{second:02d}Z INFO GET /panier status=200" for second in range(30)]
    failing = [line, "2025-03-03T10:02:00Z INFO POST /pay status=500"] * 4
    return ("\n".join(ordinary + failing) + "\n").encode()


@pytest.mark.parametrize(("cause", "line"), CASES)
def test_a_wording_names_its_cause_and_its_line_proves_it(cause: str, line: str) -> None:
    (row,) = diagnose_logs([("shop.log", log(line))])
    assert row["cause"] == cause
    assert row["lines"][0] == 31


def test_every_cause_has_a_wording_here() -> None:
    assert set(WORDINGS) == set(causes())


@pytest.mark.parametrize("key", sorted(causes()))
def test_a_cause_is_whole(key: str) -> None:
    """It is told in both languages, asks a person in both, and explains only causes that there are."""
    cause = causes()[key]
    assert all(cause.title[language] and cause.summary[language] for language in ("fr", "en"))
    assert all(cause.ask[language] for language in ("fr", "en"))
    further = cause.explains_of[1] if cause.explains_of else frozenset()
    assert cause.explains | further | cause.mistaken_for <= set(causes())
    assert cause.mistaken_for <= cause.explains


def test_a_row_is_json() -> None:
    """The command line prints rows as they are."""
    (row,) = diagnose_logs([("shop.log", log("ERROR Dalli::RingError: No server available"))])
    assert set(json.loads(json.dumps(row))) == {"file", "cause", "confidence", "also", "lines", "why"}
