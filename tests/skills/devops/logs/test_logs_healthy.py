"""Healthy is an answer: what looks like trouble and is none."""

import pytest

from skills.devops.monitoring.logs import diagnose_logs

PAID = "2025-01-09T10:00:00Z INFO POST /pay status=200 payment intent succeeded"

TAKEN_ADDRESSES = [
    f'2025-01-09 09:59:5{second} UTC [8] shop@shop ERROR:  duplicate key value violates unique constraint "address_key"'
    for second in range(3, 8)
]

HEALTHY = {
    "card declines": [
        "WARN card declined code=card_declined",
        "WARN StripeCardError: Your card has expired. expired_card",
    ],
    "a retried 429": ["WARN stripe 429 Too Many Requests, retrying in 800ms"],
    "SIGTERM in a rollout": [
        "INFO received SIGTERM, shutting down gracefully",
        "Normal Killing Stopping container shop",
    ],
    "401s of bots": ['203.0.113.9 - - [09/Jan/2025:10:00:00 +0000] "GET /wp-admin HTTP/1.1" 401 12 "-" "bot"'],
    "one timeout with a fallback": ["WARN erp timeout after 250ms, falling back to cached stock"],
    "debug noise": ["DEBUG connect ECONNREFUSED 10.0.0.5:5432 (simulated)"],
    "a pod named error-page": ["error-page-6d4f-abcde   1/1   Running   0   12d"],
    "words in passing": ["INFO coupon expired: WELCOME10", "INFO session expired", "INFO promotion limit exceeded"],
    "a certificate that expires soon": ["WARN certificate for shop.example expires in 20 days"],
    "an optional variable": ["WARN SENTRY_DSN is not set, error reporting disabled"],
    "an address that speaks of errors": [
        '203.0.113.9 - - [09/Jan/2025:10:00:00 +0000] "GET /blog/no-space-left-on-device HTTP/1.1" 200 9 "-" "-"'
    ],
    "a comment in SQL": ['-- relation "orders" does not exist yet on staging'],
    "a rolling update": [
        "5m Normal ScalingReplicaSet deployment/shop Scaled up replica set shop-aaa111 to 3 from 0",
        "5m Normal ScalingReplicaSet deployment/shop Scaled down replica set shop-bbb222 to 0 from 3",
    ],
    "a pod that was scheduled after all": [
        "6m Warning FailedScheduling pod/shop-9 0/3 nodes are available: 3 Insufficient cpu.",
        "3m Normal Scheduled pod/shop-9 Successfully assigned shop/shop-9 to worker-4",
    ],
    "an image that was pulled at the second try": [
        'Warning Failed pod/shop-9 Failed to pull image "shop:2": rpc error: code = Unavailable',
        'Normal Pulled pod/shop-9 Successfully pulled image "shop:2" in 6.2s',
    ],
    "pods that start at the second look": [
        f"5m Warning Unhealthy pod/shop-6fc42d433-{pod} Startup probe failed: connection refused\n"
        f"4m Normal Started pod/shop-6fc42d433-{pod} Started container shop"
        for pod in ("8gjft", "kk7zx", "t9d4v")
    ],
    "the last of the old pods": [
        "2m Normal ScalingReplicaSet deployment/shop Scaled down replica set shop-7d9c8b6f55 to 0 from 1",
        "shop-6c5d4f7b89-8hq2k   1/1   Running   0   6m",
    ],
    "a setting with a fallback": ["WARN SMTP_FROM not set, falling back to no-reply@shop.example"],
    "previews scaled down for the night": [
        "44m Normal ScalingReplicaSet deployment/preview-pr-4 Scaled down replica set preview-pr-4-7d9c5f to 0 from 1"
    ],
    "somebody who tries the doors of the database": [
        'FATAL:  password authentication failed for user "postgres"',
        'FATAL:  password authentication failed for user "admin"',
        'FATAL:  password authentication failed for user "sa"',
    ],
    "a health check of the database that names no user": [
        '2025-01-09 09:59:58 UTC [49] root@root FATAL:  role "root" does not exist',
        *TAKEN_ADDRESSES,
    ],
    "what a request did not bring along": ['PHP Warning:  Undefined array key "HTTP_REFERER" in /var/www/html/a.php'],
    "somebody who asks the catalogue": ['ERROR:  relation "pg_stat_statementz" does not exist at character 15'],
    "a drill": ["level=INFO msg=\"canary probe: simulated 'disk full' drill finished, all checks green\""],
    "a test key where it belongs": ["INFO stripe: test mode enabled on staging, skipping live checks"] * 4,
    "a certificate that serves nobody": ["WARN certificate for legacy.example expired but its host is disabled"] * 4,
    "a client who quotes an error": [
        '{"level":"warn","message":"new contact message","excerpt":"your site says Invalid API Key provided"}'
    ],
    "a test that expects its errors": [
        '{"level":"error","message":"ENOSPC: no space left on device, write","fixture":true}'
    ],
    "a job that its worker tries again": [
        'WARN: {"context":"Job raised exception","job":{"class":"Tracking","retry":8}}',
        "WARN: Net::ReadTimeout: Net::ReadTimeout with #<TCPSocket:(closed)>",
    ],
    "an error now and then while all is served": [
        "ERROR Unhandled JobCancellationException: socket closed",
        "ERROR TypeError: x is not a function",
    ],
}


def verdict(*lines: str) -> str:
    (row,) = diagnose_logs([("log", ("\n".join(lines) + "\n").encode())])
    return str(row["cause"])


@pytest.mark.parametrize("what", HEALTHY)
def test_healthy_in_ordinary_traffic(what: str) -> None:
    assert verdict(*[PAID] * 30, *HEALTHY[what], *[PAID] * 5) == "healthy"


@pytest.mark.parametrize(
    "failure", ["ERROR dial tcp 10.0.0.5:5432: connect: connection refused", "ERROR redis::CannotConnectError"]
)
def test_an_outage_counts_until_the_operation_succeeds_again(failure: str) -> None:
    during = [*[PAID] * 10, *[failure, "INFO POST /pay status=500"] * 5]
    assert verdict(*during) != "healthy"
    assert verdict(*during, "INFO connection restored", *[PAID] * 60) == "healthy"


def test_now_and_then_in_a_long_log_is_no_outage() -> None:
    """Weak signs count together only where they stand close."""
    failure = "ERROR dial tcp 10.0.0.8:6379: i/o timeout"
    assert verdict(*[*[PAID] * 400, failure] * 20) == "healthy"
    assert verdict(*[PAID] * 4000, *[failure, "INFO POST /pay status=500"] * 20) == "cache.unavailable"


def test_many_rolling_updates_are_no_scaling_to_zero() -> None:
    assert verdict(*HEALTHY["a rolling update"] * 5, *[PAID] * 5) == "healthy"


def test_served_pages_say_nothing_of_payments() -> None:
    """Few failures are forgiven where their own operation succeeds, not where others do."""
    page, failure = "INFO GET /panier status=200", "ERROR Stripe: Invalid API Key provided: sk_live_***abcd"
    assert verdict(*[page] * 20, failure, *[page] * 20) == "stripe.api_key_invalid"
    assert verdict(*[page] * 20, failure, *[PAID] * 20) == "healthy"


def test_a_database_is_in_reach_once_it_has_started() -> None:
    starting = "2025-01-09 09:59:50 UTC [40] FATAL:  the database system is starting up"
    started = "2025-01-09 09:59:51 UTC [1] LOG:  database system is ready to accept connections"
    assert verdict(starting, *TAKEN_ADDRESSES) == "db.connection_refused"
    assert verdict(starting, started, *TAKEN_ADDRESSES) == "healthy"


def test_an_applications_own_user_is_no_guess() -> None:
    refused = 'FATAL:  password authentication failed for user "shop"'
    assert verdict(refused, refused, refused, "ERROR POST /pay status=500") == "db.auth_failed"
