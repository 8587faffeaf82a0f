"""The Alertmanager source against a real server on loopback: each firing alert is one report."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from console.drill.serving import serve
from skills.client_intake.reception.mail import parse_mail
from skills.client_intake.triage import triage
from skills.clients.alertmanager import Alert, AlertmanagerSource, Server, as_mail
from skills.clients.mailbox import Incoming
from skills.contract import Unavailable

SERVER = Server("https://alerts.agence.example/am")


@dataclass
class LoopbackAlertmanager:
    """What the server answers, and what it was asked with."""

    alerts: list[Any] = field(default_factory=list)
    status: int = 200
    text: str = ""
    tokens: list[str] = field(default_factory=list)
    looks: int = 0
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.looks += 1
        self.tokens.append(request.headers.get("Authorization", ""))
        if self.text or self.status != 200:
            return web.Response(status=self.status, text=self.text)
        assert request.query["silenced"] == "false"
        return web.json_response(self.alerts)


@asynccontextmanager
async def alertmanager() -> AsyncIterator[LoopbackAlertmanager]:
    server = LoopbackAlertmanager()
    app = web.Application()
    app.router.add_get("/am/api/v2/alerts", server.answer)
    runner, port = await serve(app)
    server.url = f"http://127.0.0.1:{port}/am/"
    try:
        yield server
    finally:
        await runner.cleanup()


def firing(
    name: str, *, severity: str = "critical", starts: str = "2025-01-09T10:00:00Z", **given: Any
) -> dict[str, Any]:
    labels = {"alertname": name, "severity": severity, "client": "client-existant.fr"} | given.pop("labels", {})
    annotations = {"summary": given.pop("summary", "Checkout returns 500 for every payment")}
    return {"fingerprint": f"f-{name}", "startsAt": starts, "labels": labels, "annotations": annotations} | given


async def no_token() -> SecretStr:
    return SecretStr("")


def source(server: LoopbackAlertmanager, **given: Any) -> AlertmanagerSource:
    return AlertmanagerSource(Server(server.url, seconds=0.02), given.pop("token", no_token), **given)


async def take(alerts: AlertmanagerSource, count: int) -> list[Incoming]:
    found: list[Incoming] = []
    async with asyncio.timeout(20), aclosing(alerts.arrivals()) as arrivals:  # type: ignore[type-var]  # a generator
        async for incoming in arrivals:
            found.append(incoming)
            await alerts.mark(incoming.uid)
            if len(found) == count:
                break
    return found


async def test_an_alert_is_offered_once_however_often_it_is_seen_and_again_once_it_fires_anew() -> None:
    async with alertmanager() as server:
        server.alerts = [firing("ShopDown")]
        looked, looks = asyncio.Event(), 0

        def look() -> None:
            nonlocal looks
            looks += 1
            if looks > 4:
                looked.set()

        alerts = source(server, on_connected=look)
        taking = asyncio.create_task(take(alerts, 3))
        await looked.wait()
        server.alerts = [firing("ShopDown", starts="2025-01-09T12:00:00Z"), firing("DiskFull")]
        found = [parse_mail(incoming.raw) for incoming in await taking]
        assert [mail.message_id for mail in found] == [
            "<f-ShopDown.1736416800@127.0.0.1>",
            "<f-DiskFull.1736416800@127.0.0.1>",
            "<f-ShopDown.1736424000@127.0.0.1>",
        ]


async def test_the_client_is_the_one_that_the_label_names_and_a_critical_outage_is_urgent() -> None:
    alerts = [
        firing("ShopDown"),
        firing("DiskAlmostFull", severity="warning", summary="Disk 82 % full on node 3"),
        firing("Deploy", severity="info", summary="A deployment has finished"),
    ]
    mails = [(item["labels"]["alertname"], as_mail(Alert.model_validate(item), SERVER)) for item in alerts]
    rows = list(triage(mails))
    assert [row["client"] for row in rows] == ["client-existant.fr"] * 3
    assert [row["priority"] for row in rows] == ["P1", "P2", "P2"]
    assert rows[0]["type"] == "hotfix"


async def test_what_a_label_holds_ends_no_header_and_reaches_no_terminal_raw() -> None:
    item = firing("A\r\nBcc: all@client.fr", summary="\x1b]52;c;x\x07 [red] \u202e", labels={"x": "é" * 9000})
    raw = as_mail(Alert.model_validate(item), SERVER)
    mail = parse_mail(raw)
    assert b"\nBcc:" not in raw
    assert "\x1b" not in mail.subject + mail.text
    assert "[red]" in mail.subject
    assert len(raw) < 30_000


async def test_an_alert_that_cannot_be_read_loses_no_other() -> None:
    async with alertmanager() as server:
        server.alerts = [None, {"fingerprint": ""}, {"startsAt": "never"}, firing("Good"), 7]
        assert [incoming.uid for incoming in await take(source(server), 1)] == ["f-Good.1736416800"]


async def test_thousands_of_alerts_come_at_once() -> None:
    async with alertmanager() as server:
        server.alerts = [firing(f"A{number}") for number in range(2000)]
        assert len({incoming.uid for incoming in await take(source(server), 2000)}) == 2000


async def test_the_token_is_asked_for_at_each_look_and_stands_in_no_message() -> None:
    tokens = iter(["first-token", "second-token"])

    async def token() -> SecretStr:
        return SecretStr(next(tokens))

    async with alertmanager() as server:
        server.alerts = [firing("ShopDown")]
        await take(source(server, token=token), 1)
        server.status = 401
        with pytest.raises(Unavailable, match=r"alertmanager 127\.0\.0\.1:\d+: refuses us \(401\)") as refused:
            await take(source(server, token=token), 1)
        assert server.tokens == ["Bearer first-token", "Bearer second-token"]
        assert "second-token" not in f"{refused.value!r}{refused.value}"


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (404, "", "answers 404"),
        (503, "", "answers 503"),
        (200, "<html>", "answers with no list of alerts"),
        (200, "{}", "answers with no list of alerts"),
    ],
)
async def test_what_is_wrong_is_one_line_and_it_goes_on_afterwards(status: int, text: str, said: str) -> None:
    async with alertmanager() as server:
        server.status, server.text = status, text
        with pytest.raises(Unavailable, match=said):
            await take(source(server), 1)
        server.status, server.text, server.alerts = 200, "", [firing("ShopDown")]
        assert len(await take(source(server), 1)) == 1


async def test_nobody_there_is_told_with_the_place_and_without_what_the_address_carries() -> None:
    nobody = AlertmanagerSource(Server("http://user:word@127.0.0.1:9"), no_token)
    with pytest.raises(Unavailable, match=r"alertmanager 127\.0\.0\.1:9: no connection") as refused:
        await take(nobody, 1)
    assert "word" not in str(refused.value)
