"""The Alertmanager source against a real server on loopback: each firing alert is one report."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from pathlib import Path
from typing import Any, Literal

import pytest
import trustme
from aiohttp import web
from pydantic import SecretStr

from console.drill.serving import LOOPBACK
from skills.client_intake.reception.mail import parse_mail
from skills.client_intake.triage import triage
from skills.clients.alert_mail import Alert, as_mail
from skills.clients.alertmanager import AlertmanagerSource, Server
from skills.clients.mailbox import Incoming
from skills.contract import KnownClient, Unavailable

SERVER = Server("https://alerts.agence.example/am")
CLIENT = "client-existant.fr"
KNOWN = tuple(KnownClient(domain, (domain,), "fr", "Europe/Paris") for domain in (CLIENT, "autre.fr"))


@dataclass
class LoopbackAlertmanager:
    """What the server answers, and what it was asked with."""

    alerts: list[Any] = field(default_factory=list)
    status: int = 200
    text: str = ""
    fails: Literal["", "cuts", "hangs"] = ""
    sent: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.sent.append(request.headers.get("Authorization", ""))
        assert dict(request.query) == {"active": "true", "silenced": "false", "inhibited": "false"}
        if self.fails == "cuts" and request.transport is not None:
            request.transport.abort()
        if self.fails == "hangs":
            await asyncio.Event().wait()
        if self.text or self.status != 200:
            return web.Response(status=self.status, text=self.text)
        return web.json_response(self.alerts)


@asynccontextmanager
async def alertmanager(context: ssl.SSLContext | None = None) -> AsyncIterator[LoopbackAlertmanager]:
    server, app = LoopbackAlertmanager(), web.Application()
    app.router.add_get("/am/api/v2/alerts", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0, ssl_context=context).start()
    server.url = f"{'https' if context else 'http'}://{LOOPBACK}:{runner.addresses[0][1]}/am/"
    try:
        yield server
    finally:
        await runner.cleanup()


def firing(name: str, starts: str = "2025-01-09T10:00:00Z", **given: Any) -> dict[str, Any]:
    labels = {"alertname": name, "severity": "critical", "client": CLIENT} | given.pop("labels", {})
    annotations = {"summary": given.pop("summary", "Checkout returns 500")} | given.pop("annotations", {})
    shown = {key: value for key, value in labels.items() if value is not None}
    return {"fingerprint": "f-" + name, "startsAt": starts, "labels": shown, "annotations": annotations} | given


def raw(item: dict[str, Any], server: Server = SERVER) -> bytes:
    return as_mail(Alert.model_validate(item), server.url, server.client_label)


def read(item: dict[str, Any], server: Server = SERVER, clients: Sequence[KnownClient] = ()) -> dict[str, Any]:
    return next(triage([("alert", raw(item, server))], clients))


def source(server: LoopbackAlertmanager, secret: str | Iterator[str] = "", **given: Any) -> AlertmanagerSource:
    async def ask() -> SecretStr:
        return SecretStr(secret if isinstance(secret, str) else next(secret))

    on_connected = given.pop("on_connected", lambda: None)
    return AlertmanagerSource(Server(server.url, seconds=0.02, **given), ask, on_connected=on_connected)


async def take(alerts: AlertmanagerSource, count: int, *, mark: bool = True) -> list[Incoming]:
    found: list[Incoming] = []
    async with asyncio.timeout(20), aclosing(alerts.arrivals()) as arrivals:  # type: ignore[type-var]  # a generator
        async for incoming in arrivals:
            found.append(incoming)
            if mark:
                await alerts.mark(incoming.uid)
            if len(found) == count:
                break
    return found


async def test_an_alert_is_offered_once_however_often_it_is_seen_and_again_once_it_fires_anew() -> None:
    async with alertmanager() as server:
        server.alerts = [firing("ShopDown")]
        looks = asyncio.Semaphore(0)
        taking = asyncio.create_task(take(source(server, on_connected=looks.release), 3, mark=False))
        for _ in range(5):
            await looks.acquire()
        server.alerts = [firing("ShopDown", starts="2025-01-09T12:00:00Z"), firing("DiskFull")]
        found = [parse_mail(incoming.raw) for incoming in await taking]
        assert [mail.message_id for mail in found] == [
            "<f-ShopDown.1736416800@127.0.0.1>",
            "<f-DiskFull.1736416800@127.0.0.1>",
            "<f-ShopDown.1736424000@127.0.0.1>",
        ]


async def test_what_is_marked_is_not_offered_again_as_long_as_it_fires_and_what_is_not_marked_is() -> None:
    async with alertmanager() as server:
        server.alerts = [firing("A"), firing("B", starts="2025-01-09T11:00:00Z")]
        alerts = source(server)
        assert [incoming.uid for incoming in await take(alerts, 2, mark=False)] == ["f-A.1736416800", "f-B.1736420400"]
        await alerts.mark("f-A.1736416800")
        assert [incoming.uid for incoming in await take(alerts, 1)] == ["f-B.1736420400"]
        server.alerts = [firing("C")]
        await take(alerts, 1)
        server.alerts = [firing("A")]
        assert [incoming.uid for incoming in await take(alerts, 1)] == ["f-A.1736416800"]


def test_an_alert_is_a_mail_with_all_that_it_tells() -> None:
    told = {"description": "5xx since 10:00", "runbook_url": "https://wiki.example/checkout"}
    sent = raw(firing("ShopDown", generatorURL="http://prometheus.example:9090/graph?g0.expr=up", annotations=told))
    mail, parsed = message_from_bytes(sent), parse_mail(sent)
    assert (mail["From"], mail["Date"]) == (f"alertmanager@{CLIENT}", "Thu, 09 Jan 2025 10:00:00 +0000")
    own = ("Auto-Submitted", "X-Alertmanager-Fingerprint", "X-Alertmanager-Client")
    assert [mail[key] for key in own] == ["auto-generated", "f-ShopDown", CLIENT]
    assert parsed.subject == "[FIRING] ShopDown: Checkout returns 500"
    assert (parsed.automatic, parsed.defects) == ("monitoring", ())
    assert parsed.text == (
        f"client: {CLIENT}\nalertname: ShopDown\nseverity: critical\nstartsAt: 2025-01-09T10:00:00+00:00\n\n"
        "summary: Checkout returns 500\ndescription: 5xx since 10:00\n\n"
        f"Labels:\nalertname = ShopDown\nclient = {CLIENT}\nseverity = critical\n"
        "Annotations:\nrunbook_url = https://wiki.example/checkout\n"
        "Source: http://prometheus.example:9090/graph?g0.expr=up"
    )


@pytest.mark.parametrize(
    "item",
    [
        firing("ShopDown"),
        firing("ShopDown", summary="as at autre.fr: autre.fr, help@autre.fr"),
        firing("ShopDown", summary="api.stripe.com answers 500", annotations={"description": "api.stripe.com " * 9}),
        firing("ShopDown", annotations={"z": "---------- Forwarded message ----------\nFrom: bob@autre.fr\nDate: x"}),
        firing("ShopDown", labels={"from": "bob@autre.fr", "date": "x", "subject": "y"}),
        firing("ShopDown", generatorURL="http://prometheus.autre.fr:9090/graph?g0.expr=up"),
        firing("ShopDown", labels={"client": f" {CLIENT.upper()}. "}),
    ],
)
def test_the_label_decides_whose_alert_it_is_whatever_else_is_named(item: dict[str, Any]) -> None:
    assert [read(item, clients=clients)["client"] for clients in ((), KNOWN)] == [CLIENT, CLIENT]
    given = item | {"labels": {"tenant": item["labels"].pop("client")} | item["labels"]}
    assert read(given, replace(SERVER, client_label="tenant"))["client"] == CLIENT


def test_without_a_domain_in_the_label_no_client_is_made_up_of_who_watches() -> None:
    for label in (None, "acme"):
        url = "http://prometheus.agence.example:9090/graph?g0.expr=up"
        assert read(firing("ShopDown", labels={"client": label}, generatorURL=url))["client"] == ""
    probed = firing("ShopDown", labels={"client": None, "instance": f"https://www.{CLIENT}/"})
    assert read(probed, clients=KNOWN)["client"] == CLIENT
    long = firing("X", labels={"client": None}, summary="long " * 900)
    assert parse_mail(raw(long)).automatic == "monitoring"


def test_a_critical_outage_is_urgent_and_a_warning_is_less_but_no_noise() -> None:
    down = read(firing("CheckoutDown", summary="checkout down"))
    assert (down["priority"], down["type"], down["impact"]) == ("P1", "hotfix", ["production_down"])
    disk = read(firing("DiskUsage", labels={"severity": "warning"}, summary="Disk /var is 80% full"))
    assert disk["priority"] in {"P2", "P3"}
    assert disk["type"] != "noise"


@pytest.mark.parametrize("summary", ["only 1 of 3 replicas is up", "[OK] answers fell below 90%"])
def test_what_fires_is_not_read_as_well_again_whatever_its_summary_says(summary: str) -> None:
    item = firing("ReplicasMissing", summary=summary)
    assert read(item)["type"] != "noise"
    assert summary in parse_mail(raw(item)).text


@pytest.mark.parametrize("key", ["alertname", "client", "severity", "x\r\nBcc: all@client.fr\r\n\r\n"])
def test_what_a_label_holds_ends_no_header_and_reaches_no_terminal_raw(key: str) -> None:
    evil = "A\r\nBcc: all@client.fr\r\n\r\nhello \ud800\x00 =?utf-8?q?=0ABcc?="
    item = firing("A", summary="\x1b]52;c;x\x07 [red] \u202e", labels={key: evil}, fingerprint="f\r\nBcc: x")
    mail = message_from_bytes(raw(item))
    assert "Bcc" not in mail
    assert len(mail.keys()) == len({key.lower() for key in mail})
    parsed = parse_mail(raw(item))
    shown = f"{parsed.subject}{parsed.text}".replace("\n", "")
    assert shown.isprintable()
    assert "[red]" in parsed.subject
    assert not [line for line in parsed.text.split("\n") if line.startswith(("Bcc", "hello"))]


def test_what_is_huge_is_capped_and_a_secret_is_not_carried_on() -> None:
    key = "sk_" + "live_" + "a1B2c3D4" * 3
    labels = {f"label{number}": "é" * 9000 for number in range(500)} | {"alertname": "A" * 5000, "a": key}
    mail = raw(firing("A", summary=f"{key} " + "x" * 100_000, labels=labels))
    assert len(mail) < 1_000_000
    assert (len(parse_mail(mail).subject) <= 300, key in parse_mail(mail).model_dump_json()) == (True, False)


async def test_an_alert_that_cannot_be_read_loses_no_other() -> None:
    bad = [None, {"fingerprint": ""}, {"startsAt": "never"}, 7, firing("X", labels={"n": 1}), firing("Y", starts="x")]
    async with alertmanager() as server:
        server.alerts = [*bad, firing("Good", status={"state": "active"}, receivers=[{"name": "team"}])]
        assert [incoming.uid for incoming in await take(source(server), 1)] == ["f-Good.1736416800"]


async def test_thousands_of_alerts_come_at_once() -> None:
    async with alertmanager() as server:
        server.alerts = [firing(f"A{number}") for number in range(2000)]
        assert len({incoming.uid for incoming in await take(source(server), 2000)}) == 2000


async def test_the_secret_is_asked_for_at_each_look_and_stands_in_no_message() -> None:
    tokens = iter(["first-token", "second-token"])
    async with alertmanager() as server:
        server.alerts = [firing("ShopDown")]
        await take(source(server, tokens), 1)
        server.status = 401
        with pytest.raises(Unavailable, match=r"^alertmanager 127\.0\.0\.1:\d+: refuses us \(401\)$") as refused:
            await take(source(server, tokens), 1)
        assert server.sent == ["Bearer first-token", "Bearer second-token"]
        assert "second-token" not in f"{refused.value!r}{refused.value.detail}{refused.value.hint}"


async def test_a_password_is_sent_with_its_user_an_empty_secret_not_at_all_and_no_broken_token() -> None:
    async with alertmanager() as server:
        server.alerts = [firing("ShopDown")]
        await take(source(server, "open sésame", user="léa"), 1)
        await take(source(server), 1)
        with pytest.raises(Unavailable, match="no header can carry the token") as refused:
            await take(source(server, "open\nsesame"), 1)
        assert server.sent == ["Basic " + base64.b64encode("léa:open sésame".encode()).decode(), ""]
        assert "sesame" not in f"{refused.value!r}{refused.value.detail}{refused.value.hint}"


@pytest.mark.parametrize("answer", ["302", "403", "404", "503", "<html>", "{}", '[{"labels": 1}]', "[" * 100_000])
async def test_a_wrong_answer_is_one_line_and_it_goes_on_afterwards(answer: str) -> None:
    async with alertmanager() as server:
        connected: list[int] = []
        alerts = source(server, on_connected=lambda: connected.append(1))
        server.status, server.text = (int(answer), "") if answer.isdigit() else (200, answer)
        with pytest.raises(Unavailable, match=answer if answer.isdigit() else "answers with no list of alerts") as told:
            await take(alerts, 1)
        assert (bool(told.value.hint), connected) == (True, [])
        server.status, server.text, server.alerts = 200, "", [firing("ShopDown")]
        assert len(await take(alerts, 1)) == len(connected) == 1


async def test_a_cut_and_a_server_that_hangs_are_told_apart_and_it_goes_on_afterwards() -> None:
    async with alertmanager() as server:
        alerts = source(server, timeout_seconds=0.5)
        server.alerts, server.fails = [firing("ShopDown")], "cuts"
        with pytest.raises(Unavailable, match="cuts the connection"):
            await take(alerts, 1)
        server.fails = "hangs"
        with pytest.raises(Unavailable, match=r"no answer in 0\.5 s"):
            await take(alerts, 1)
        server.fails = ""
        assert len(await take(alerts, 1)) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://user:word@127.0.0.1:9", r"alertmanager 127\.0\.0\.1:9: no connection"),
        ("http://user:word@does-not-exist.invalid", "alertmanager does-not-exist.invalid: the name does not resolve"),
        ("ftp://user:word@127.0.0.1", "can't be asked"),
    ],
)
async def test_nobody_there_is_told_with_the_place_and_without_what_the_address_carries(url: str, said: str) -> None:
    with pytest.raises(Unavailable, match=said) as refused:
        await take(source(LoopbackAlertmanager(url=url)), 1)
    assert "word" not in f"{refused.value}{refused.value.detail}{refused.value.hint}"


async def test_tls_is_trusted_by_its_authority_alone(tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    authority.issue_cert(LOOPBACK).configure_cert(context)
    async with alertmanager(context) as server, alertmanager() as bare:
        server.alerts = [firing("ShopDown")]
        assert len(await take(source(server, ca_file=tmp_path / "ca.pem"), 1)) == 1
        for ca_file, said in ((None, "its certificate is not trusted"), (tmp_path / "none.pem", "can't be read")):
            with pytest.raises(Unavailable, match=said):
                await take(source(server, ca_file=ca_file), 1)
        bare.url = bare.url.replace("http:", "https:")
        with pytest.raises(Unavailable, match="speaks no TLS"):
            await take(source(bare), 1)
