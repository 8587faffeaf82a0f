"""The symptom shouts, the root whispers; and whispers that are none."""

import pytest

from skills.devops.monitoring.logs import diagnose_logs

CALM = ["2025-03-03T10:00:00Z INFO GET /panier status=200"]
FAILED = "2025-03-03T10:30:00Z ERROR POST /pay status=500"
NGINX_502 = '1.2.3.4 - - [03/Mar/2025:10:00:00 +0000] "POST /pay HTTP/1.1" 502 157 "-" "-"'
LOOPING = "2s Warning BackOff pod/shop-1 Back-off restarting failed container shop"

HARD = {
    "a disk fills, readiness and upstreams fail": (
        "disk.full",
        ['ERROR:  could not extend file "base/16384/2619": No space left on device'],
        [
            "ERROR upstream request timeout",
            "ERROR Readiness probe failed: HTTP probe failed with statuscode: 503",
            FAILED,
        ],
    ),
    "a pool runs dry once, callers time out": (
        "db.too_many_connections",
        ["WARN HikariPool-1 - Connection is not available, request timed out after 30000ms (active=20, idle=0)"],
        ["ERROR feign.RetryableException: Read timed out executing GET http://orders", "INFO POST /pay status=504"],
    ),
    "a full database is noted once, to be tried anew, and every save times out": (
        "db.too_many_connections",
        [
            "[17:40:57 WRN] Opening a physical connection failed, will be retried by the pool",
            "Npgsql.PostgresException (0x80004005): 53300: remaining connection slots are reserved for superusers",
        ],
        ["[17:41:01 ERR] POST /pay responded 500: System.TimeoutException: The operation has timed out.", FAILED],
    ),
    "an unset secret falls back to nothing": (
        "config.env_missing",
        ["INFO config: STRIPE_WEBHOOK_SECRET not set, falling back to empty string"],
        ["ERROR hooks: No signatures found matching the expected signature for payload", FAILED],
    ),
    "an unset address falls back to localhost": (
        "config.env_missing",
        ["WARN REDIS_URL is not set, using redis://localhost:6379"],
        ["ERROR connect ECONNREFUSED 127.0.0.1:6379", FAILED],
    ),
    "the cluster's DNS times out once": (
        "dns.resolution_failed",
        ["[ERROR] plugin/errors: 2 db.shop.svc. A: read udp 10.0.0.5:4->10.0.0.2:53: i/o timeout"],
        ["ERROR could not connect to server: Connection timed out port 5432", FAILED],
    ),
    "a certificate expires, Stripe seems down": (
        "tls.certificate_expired",
        ["ERROR x509: certificate has expired or is not yet valid"],
        ["ERROR Could not connect to Stripe", FAILED],
    ),
    "a column is missing, transactions are aborted": (
        "db.schema_mismatch",
        ["ERROR PG::UndefinedColumn: ERROR: column users.locale does not exist"],
        ["ERROR PG::InFailedSqlTransaction: ERROR: current transaction is aborted", FAILED],
    ),
    "a variable is missing, the pod loops": (
        "config.env_missing",
        [
            "Error: Missing required environment variable: STRIPE_SECRET_KEY",
            "    at Object.<anonymous> (/app/a.js:3:9)",
        ],
        [LOOPING],
    ),
    "the database is down, the pod loops": (
        "db.connection_refused",
        ["ERROR dial tcp 10.0.0.5:5432: connect: connection refused"] * 2,
        [LOOPING],
    ),
    "the database's pod loops, the shop can't connect": (
        "k8s.crash_loop",
        ["2s Warning BackOff pod/postgres-0 Back-off restarting failed container postgres in pod postgres-0_shop(1)"],
        ["ERROR dial tcp 10.0.0.5:5432: connect: connection refused", FAILED],
    ),
    "the library whispers at debug level, the shop only apologises": (
        "stripe.api_key_expired",
        ["2025-03-03T10:30:00Z DEBUG stripe GET /v1/payment_methods: Expired API Key provided: sk_live_***gYh3"],
        ["2025-03-03T10:30:00Z ERROR Échec de commande : le panier n'a pas pu être converti"],
    ),
    "a name does not resolve at debug level, quotes fail": (
        "dns.resolution_failed",
        ["2025-03-03T10:30:00Z DEBUG resolving rates.example: Temporary failure in name resolution"],
        ["2025-03-03T10:30:00Z ERROR response failed classification=Status code: 502 Bad Gateway latency=5006 ms"],
    ),
    "a mere notice names an unknown host, a breaker opens": (
        "dns.resolution_failed",
        ["2025-03-03T10:30:00Z INFO points call failed, attempt 1/3: java.net.UnknownHostException: points.example"],
        ["2025-03-03T10:30:01Z ERROR CircuitBreakerOpenException: PointsClient", FAILED],
    ),
    "a probe notes an expired certificate, nobody is left to ask": (
        "tls.certificate_expired",
        ['{"level":"info","msg":"HTTP request failed","error":"Get https://core/up: x509: certificate has expired"}'],
        ['{"level":"error","msg":"no upstreams available","status":503}'],
    ),
    "what the process manager calls a notice is PHP's fatal error": (
        "db.too_many_connections",
        [],
        [
            "[fpm] NOTICE: PHP message: PHP Fatal error:  Uncaught PDOException: Too many connections",
            NGINX_502,
        ],
    ),
    "the balancer waits in vain": (
        "upstream.timeout",
        [],
        ['Mar 27 12:21:17 lb haproxy[9]: 192.0.2.7 s~ q/q1 0/0/1/-1/30001 504 198 - - sH-- 8/8 "POST /q"'],
    ),
    "errors go on while other pages are served": (
        "k8s.scaled_to_zero",
        ["9m Normal ScalingReplicaSet deployment/booking Scaled down replica set booking-58d to 0 from 4"],
        [
            '2025/07/14 06:00:00 [error] 31#31: connect() failed (113: Host is unreachable), request: "POST /book"',
            '1.2.3.4 - - [14/Jul/2025:06:00:06 +0000] "GET /products HTTP/1.1" 200 5986 "-" "-"',
        ],
    ),
    "nobody is left to answer": (
        "k8s.scaled_to_zero",
        ["9m Normal ScalingReplicaSet deployment/payment Scaled down replica set payment-6f5 to 0 from 3"],
        ["2025/03/03 10:00:00 [error] no live upstreams while connecting to upstream", NGINX_502],
    ),
}

PASSING = {
    "a self test at debug level": ["DEBUG self test: Connection refused: db:5432"] * 20,
    "clients that left": ["WARN requête annulée par le client", "TaskCanceledException: A task was canceled."] * 4,
    "a test runner's list": ["    ✓ throws when STRIPE_SECRET_KEY is missing (4 ms)", "PASS src/keys.test.ts"],
    "pages that bots ask for": [
        'ERROR Uncaught PHP Exception NotFoundHttpException: "No route found for GET /wp-login.php"'
    ]
    * 8,
    "a retried read": ["WARN Net::ReadTimeout on GET /rates, retry 1/2"] * 2,
    "a client that hung up": ["ERROR Unhandled exception: java.io.IOException: Broken pipe"],
    "a configuration dump": [
        "INFO config: db.pool.timeout=30000",
        "statement_timeout=5s",
        "server.request_timeout: 60s",
    ],
    "one unsigned webhook": [
        "WARN webhook signature verification failed (ip=203.0.113.9)",
        "INFO webhook evt_1 processed",
    ],
    "a deadlock retried": [
        "ERROR deadlock detected, retrying transaction (attempt 1/3)",
        "INFO succeeded on attempt 2",
    ],
    "names of tests": ["test_expired_key (payments.tests) ... ok", "test_connection_refused (db.tests) ... ok"],
    "declines at error level": ["ERROR [stripe] Your card has expired. code=expired_card"] * 8,
    "cached rates": ["WARN carrier request timed out, serving cached rates"] * 4,
    "a form's fields": ["WARN validation failed: FIELD_NAME required", "ERROR ValidationError: email is required"] * 4,
    "a partner's bad key": [
        "WARN 401 Unauthorized api key invalid for partner feed",
        "ERROR invalid token: jwt expired",
    ]
    * 4,
    "a notice of an unknown host, and nothing fails": [
        "INFO call failed, attempt 1/3: UnknownHostException: a.example"
    ],
    "a rollout that the deployments' list shows as well": [
        "9m Normal Scheduled pod/radio-6cf7-5ece0 Successfully assigned fm/radio-6cf7-5ece0 to n-2",
        "8m Warning Unhealthy pod/radio-85b7-edade Readiness probe failed: HTTP probe failed with statuscode: 503",
        "8m Warning Unhealthy pod/radio-85b7-351e3 Readiness probe failed: HTTP probe failed with statuscode: 503",
        "8m Warning Unhealthy pod/radio-85b7-deaf4 Readiness probe failed: HTTP probe failed with statuscode: 503",
        "7m Normal ScalingReplicaSet deployment/radio Scaled down replica set radio-85b7 to 0 from 1",
        "NAME    READY   UP-TO-DATE   AVAILABLE   AGE",
        "radio   3/3     3            3           410d",
    ],
    "a loop that ended": [
        "28m Warning BackOff pod/old Back-off restarting failed container x",
        "old   1/1   Running   3 (28m ago)   40m",
    ],
}


def verdict(*lines: str) -> str:
    (row,) = diagnose_logs([("log", ("\n".join(lines) + "\n").encode())])
    return str(row["cause"])


@pytest.mark.parametrize("what", HARD)
def test_the_whisper_is_the_root(what: str) -> None:
    cause, whisper, shouting = HARD[what]
    assert verdict(*CALM * 40, *whisper, *shouting * 25) == cause


def test_what_was_ignored_brings_nothing_else_down() -> None:
    ignored = "2025-03-03T10:30:00Z WARN import ignored: certificate has expired for https://reviews.example"
    outage = "2025-03-03T10:30:00Z ERROR Stripe ApiConnectionError: HTTP response code was 502 from api.stripe.com"
    assert verdict(*CALM * 40, *[outage, FAILED] * 10, ignored) == "stripe.outage"


@pytest.mark.parametrize("what", PASSING)
def test_what_passes_is_no_outage(what: str) -> None:
    assert verdict(*CALM * 40, *PASSING[what], *CALM * 40) == "healthy"
