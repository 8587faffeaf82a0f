"""The SLA's clock of an incident under work, and a report that is taken out again, on real journals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from console.config import Config, load_config
from console.drill.serving import serve
from console.engine.sla import due, postponed
from console.intake import take_in
from console.session import Session
from console.wiring import build_world
from skills.site import Contract
from store import commands as c
from store import events as e
from store.incident import Incident
from store.values import Priority, RequestType
from tests.support.loopback import PARIS, Clock

BLOCKED = """From: dsi@client.fr
Message-ID: <first@client.fr>
Date: Thu, 09 Jan 2025 11:30:00 +0100
Subject: Paiements bloques

Plus aucun paiement ne passe depuis 10h, tout le site est en panne.
"""
REMINDER = """From: dsi@client.fr
Message-ID: <second@client.fr>
In-Reply-To: <first@client.fr>
Date: Thu, 09 Jan 2025 12:10:00 +0100
Subject: Re: Paiements bloques

Toujours aucun paiement, le site est toujours en panne. Merci de faire vite.
"""
HALF_PAST_ELEVEN = datetime(2025, 1, 9, 11, 30, tzinfo=PARIS)


@dataclass
class Webhook:
    """A team's webhook that notes the ids of the alerts it was sent."""

    base: str = ""
    ids: list[str] = field(default_factory=list)

    @property
    def of_sla(self) -> list[str]:
        return [name.rpartition("-")[2] for name in self.ids if name.startswith("sla-")]


@asynccontextmanager
async def webhook() -> AsyncIterator[Webhook]:
    sink = Webhook()

    async def note(request: web.Request) -> web.Response:
        sink.ids.append(request.headers["Idempotency-Key"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/", note)
    runner, port = await serve(app)
    sink.base = f"http://127.0.0.1:{port}/"
    try:
        yield sink
    finally:
        await runner.cleanup()


def open_session(directory: Path, clock: Clock, url: str = "") -> Session:
    config = load_config(None).model_copy(update={"alerts": Config.model_validate({"alerts": {"webhook": url}}).alerts})
    return Session(build_world(config, directory, clock))


async def report(session: Session, mail: str = BLOCKED) -> str:
    taken = await take_in(session.world, mail.encode(), source="test")
    assert taken.incident is not None
    return taken.incident


async def standing(session: Session, incident: str) -> Incident:
    return (await session.case(incident)).incident


async def test_each_share_of_the_sla_is_told_once_and_of_several_at_once_the_highest(tmp_path: Path) -> None:
    clock = Clock(HALF_PAST_ELEVEN)
    async with webhook() as sink:
        session = open_session(tmp_path, clock, sink.base)
        incident = await report(session)
        assert await session.work(incident) == ""
        for minutes, told in ((0, []), (35, ["50"]), (36, ["50"]), (130, ["50", "90"]), (149, ["50", "90"])):
            clock.at = HALF_PAST_ELEVEN + timedelta(minutes=minutes)
            await session.engines[incident].tell_thresholds()
            assert sink.of_sla == told
        await session.close()
        clock.at = HALF_PAST_ELEVEN + timedelta(minutes=151)
        later = open_session(tmp_path, clock, sink.base)
        await later.work(incident)
        await later.engines[incident].tell_thresholds()
        assert sink.of_sla == ["50", "90", "100"]
        assert (await standing(later, incident)).thresholds == (50, 75, 90, 100)
        await later.close()


async def test_a_pause_stops_the_clock_and_the_clients_next_mail_lets_it_run_again(tmp_path: Path) -> None:
    clock = Clock(HALF_PAST_ELEVEN)
    async with webhook() as sink:
        session = open_session(tmp_path, clock, sink.base)
        incident = await report(session)
        await session.work(incident)
        assert await session.submit(c.PauseClock(incident=incident, why="waiting for the client")) is None
        refused = await session.submit(c.PauseClock(incident=incident, why="again"))
        assert refused == c.Refusal("paused", "waiting for the client")
        clock.at += timedelta(minutes=40)
        await session.engines[incident].tell_thresholds()
        assert sink.of_sla == []
        assert (await standing(session, incident)).left(clock.at) == timedelta(hours=2, minutes=30)
        assert await report(session, REMINDER) == incident
        running = await standing(session, incident)
        assert running.paused_at is None
        assert running.deadline == datetime(2025, 1, 9, 14, 40, tzinfo=PARIS)
        assert await session.submit(c.ResumeClock(incident=incident)) == c.Refusal("not_paused")
        await session.close()


async def test_a_corrected_priority_clocks_the_sla_anew_with_what_it_stood_still(tmp_path: Path) -> None:
    clock = Clock(HALF_PAST_ELEVEN)
    session = open_session(tmp_path, clock)
    incident = await report(session)
    await session.submit(c.PauseClock(incident=incident, why="waiting for the client"))
    clock.at += timedelta(minutes=10)
    await session.submit(c.ResumeClock(incident=incident))
    correction = c.CorrectPriority(
        incident=incident, priority=Priority.P2, request=RequestType.BUG, why="one customer only"
    )
    assert await session.submit(correction) is None
    corrected = await standing(session, incident)
    assert (corrected.priority, corrected.request) == (Priority.P2, RequestType.BUG)
    assert corrected.deadline == datetime(2025, 1, 9, 18, 10, tzinfo=PARIS)
    await session.close()


async def test_a_deadline_in_working_days_is_not_moved_onto_a_day_of_rest() -> None:
    friday = datetime(2025, 1, 10, 15, 0, tzinfo=PARIS)
    moved = postponed(Priority.P3, Contract(), "Europe/Paris", friday, timedelta(hours=20))
    assert moved == datetime(2025, 1, 13, 11, 0, tzinfo=PARIS)
    assert postponed(Priority.P1, Contract(), "Europe/Paris", friday, timedelta(hours=20)).day == 11
    before_may_day = datetime(2025, 4, 28, 9, 0, tzinfo=PARIS)
    assert due(Priority.P3, Contract(), "Europe/Paris", before_may_day, None)[0].day == 2


@pytest.mark.parametrize("dies", [False, True])
async def test_a_report_that_is_taken_out_opens_one_incident_of_its_own(tmp_path: Path, *, dies: bool) -> None:
    session = open_session(tmp_path, Clock(HALF_PAST_ELEVEN))
    incident = await report(session)
    assert await report(session, REMINDER) == incident
    joined = (await standing(session, incident)).joined[-1]
    assert (joined.rule, joined.sender) == ("thread.reply", "dsi@client.fr")
    split = c.SplitReport(incident=incident, report=joined.report)
    if dies:  # between the desk's event and all that follows from it
        event = e.ReportSplit(report=joined.report, incident=incident, by="lea")
        await session.world.append_desk(event)
        await session.close()
        session = open_session(tmp_path, Clock(HALF_PAST_ELEVEN))
        await session.start()
    else:
        assert await session.submit(split) is None
    opened = {summary.incident: summary.reports for summary in session.world.summaries()}
    assert opened.pop(incident) == ((await standing(session, incident)).report,)
    assert list(opened.values()) == [(joined.report,)]
    assert await session.submit(split) == c.Refusal("not_joined")
    assert len(session.world.summaries()) == 2
    await session.close()
