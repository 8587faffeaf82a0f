"""Questions to the outside that the shop's payments depend on, as evidence.

stripe.probe     status, code, mode, expected_mode, account, reachable, dns
stripe.account   charges_enabled, disabled_reason      stripe.webhooks  failing, urls
http.probe       url, reachable, status, reason        dns.probe        host, resolved
tls.probe        host, expired, not_after, problem
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from skills.backend_developer.api.pods_key import find_pods_key
from skills.clients.payments import KeyProbe
from skills.clients.web import NoAnswer
from skills.contract import Context, Failure, Unavailable
from skills.devops.evidence import Collector, found
from skills.site import StripeSite
from store.values import Evidence, Json

_STRIPE_SECONDS = 20.0


def stripe_collector(context: Context, stripe: StripeSite) -> Collector:
    """Ask Stripe with the key that the pods use."""

    async def look() -> Sequence[Evidence]:
        key = await find_pods_key(context)
        try:
            probe = await context.payments.probe(key.value, stripe.base_address)
        except Unavailable as silent:
            return [await _unreachable(context, stripe, silent)]
        evidence = [_probed(context, stripe, probe, key.where)]
        if probe.charges_enabled is not None:
            facts = {"charges_enabled": probe.charges_enabled, "disabled_reason": probe.disabled_reason}
            excerpt = f"charges_enabled={probe.charges_enabled} {probe.disabled_reason}".strip()
            evidence.append(found(context, "stripe/account", "stripe.account", facts, excerpt))
        if probe.accepted:
            evidence += await _webhooks(context, stripe)
        return evidence

    return Collector("stripe", "stripe.probe", look, _STRIPE_SECONDS)


def _probed(context: Context, stripe: StripeSite, probe: KeyProbe, where: str) -> Evidence:
    facts: Json = {
        "status": probe.status,
        "code": probe.code,
        "account": probe.account,
        "mode": {True: "live", False: "test", None: ""}[probe.livemode],
        "expected_mode": "live" if stripe.livemode else "test",
        "missing": list(probe.missing),
        "request_id": probe.request_id,
        "key": where,
        "reachable": True,
    }
    said = " ".join(part for part in (f"HTTP {probe.status}", probe.code, probe.message) if part)
    return found(context, "stripe", "stripe.probe", facts, said)


async def _unreachable(context: Context, stripe: StripeSite, silent: Unavailable) -> Evidence:
    """Say that Stripe does not answer us, and whether its name at least resolves."""
    host = urlsplit(stripe.base_address).hostname or ""
    try:
        await context.web.resolve(host)
    except NoAnswer:
        dns = False
    else:
        dns = True
    facts: Json = {"status": 0, "code": "", "reachable": False, "dns": dns}
    return found(context, "stripe", "stripe.probe", facts, f"{silent.title}: {silent.detail}")


async def _webhooks(context: Context, stripe: StripeSite) -> list[Evidence]:
    try:
        key = await find_pods_key(context)
        urls = await context.payments.failing_webhooks(key.value, stripe.base_address)
    except Failure:
        return []  # a key that may not read them is no finding, and payments do not need it
    facts: Json = {"failing": len(urls), "urls": list(urls)}
    return [found(context, "stripe/webhooks", "stripe.webhooks", facts, ", ".join(urls) or "none is disabled")]


def shop_collectors(context: Context) -> list[Collector]:
    """Ask the shop itself: its name, its certificate, its health; none where no smoke test is configured."""
    test = context.site.smoke_test
    if test is None:
        return []
    url = test.health_url or test.url
    parts = urlsplit(url)
    host = parts.hostname or ""
    asked = [_http(context, url), _dns(context, host)]
    if parts.scheme == "https":
        asked.append(_tls(context, host, parts.port or 443))
    return asked


def _http(context: Context, url: str) -> Collector:
    async def look() -> Sequence[Evidence]:
        try:
            answer = await context.web.ask("GET", url)
        except NoAnswer as silent:
            facts: Json = {"url": url, "reachable": False, "reason": silent.reason}
            return [found(context, url, "http.probe", facts, f"{silent.title}: {silent.detail}")]
        facts = {"url": url, "reachable": True, "status": answer.status, "seconds": round(answer.seconds, 3)}
        return [found(context, url, "http.probe", facts, f"GET {url}: {answer.status}")]

    return Collector(url, "http.probe", look, 16.0)


def _dns(context: Context, host: str) -> Collector:
    async def look() -> Sequence[Evidence]:
        try:
            addresses = await context.web.resolve(host)
        except NoAnswer as silent:
            facts: Json = {"host": host, "resolved": False}
            return [found(context, f"dns/{host}", "dns.probe", facts, f"{silent.title}: {silent.detail}")]
        facts = {"host": host, "resolved": True, "addresses": list(addresses)}
        return [found(context, f"dns/{host}", "dns.probe", facts, f"{host}: {', '.join(addresses)}")]

    return Collector(f"dns/{host}", "dns.probe", look)


def _tls(context: Context, host: str, port: int) -> Collector:
    async def look() -> Sequence[Evidence]:
        shown = await context.web.certificate(host, port)
        days = (shown.not_after - context.now()).days if shown.not_after else None
        expired = "expired" in shown.problem or (days is not None and days < 0)
        facts: Json = {
            "host": host,
            "expired": expired,
            "not_after": shown.not_after.isoformat() if shown.not_after else "",
            "problem": shown.problem,
        }
        excerpt = f"{host}: {shown.problem or f'valid for {days} days'}"
        return [found(context, f"tls/{host}", "tls.probe", facts, excerpt)]

    return Collector(f"tls/{host}", "tls.probe", look)
