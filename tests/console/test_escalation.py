"""A further report that tells worse raises its incident, clocks it anew and rings; a person's word stands above it."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from console.config import load_config
from console.intake import take_in
from console.live_feed import LiveFeed
from console.session import Session
from console.wiring import build_world
from store import commands as c
from store import events as e
from store.feed import Notification
from store.values import Priority, RequestType
from tests.support.loopback import PARIS, Clock

SLOW = """From: dsi@client.fr
Message-ID: <first@client.fr>
Date: Thu, 09 Jan 2025 11:30:00 +0100
Subject: Lenteurs

La boutique est extremement lente depuis ce matin, environ 30 % des clients abandonnent leur panier.
"""
DOWN = """From: dsi@client.fr
Message-ID: <second@client.fr>
In-Reply-To: <first@client.fr>
Date: Thu, 09 Jan 2025 13:00:00 +0100
Subject: Re: Lenteurs

C'est pire : maintenant tout le site est en panne, plus aucune commande ne passe.
"""
THANKS = """From: dsi@client.fr
Message-ID: <third@client.fr>
In-Reply-To: <first@client.fr>
Date: Thu, 09 Jan 2025 13:05:00 +0100
Subject: Re: Lenteurs

Bien recu, merci beaucoup.
"""


async def _session(directory: Path, clock: Clock) -> tuple[Session, str]:
    session = Session(build_world(load_config(None), directory, clock))
    taken = await take_in(session.world, SLOW.encode(), source="test")
    assert (taken.incident is not None, taken.priority) == (True, "P2")
    clock.at += timedelta(minutes=90)
    return session, taken.incident or ""


async def _reported(session: Session, mail: str) -> str | None:
    return (await take_in(session.world, mail.encode(), source="test")).incident


async def test_a_reply_that_tells_worse_raises_the_incident_and_starts_its_clock(tmp_path: Path) -> None:
    session, incident = await _session(tmp_path, Clock(datetime(2025, 1, 9, 11, 30, tzinfo=PARIS)))
    assert await _reported(session, DOWN) == incident
    raised = (await session.case(incident)).incident
    assert (raised.priority, raised.request) == (Priority.P1, RequestType.HOTFIX)
    assert raised.deadline == datetime(2025, 1, 9, 17, 0, tzinfo=PARIS)
    (event,) = [r.event for r in (await session.case(incident)).records if isinstance(r.event, e.PriorityCorrected)]
    assert (event.by, event.why in DOWN, bool(event.why)) == ("dsi@client.fr", True, True)
    routed = session.world.desk.reports[event.report].routed
    assert routed is not None
    assert routed.raised
    assert await _reported(session, DOWN) == incident
    assert await _reported(session, THANKS) in {incident, None}
    again = (await session.case(incident)).incident
    assert (again.priority, again.deadline) == (raised.priority, raised.deadline)
    await session.close()


async def _ring(feed: LiveFeed) -> Notification:
    return await anext(notification async for notification in feed.notifications() if notification.ring)


async def test_a_raised_incident_rings_as_a_new_one_does(tmp_path: Path) -> None:
    session, incident = await _session(tmp_path, Clock(datetime(2025, 1, 9, 11, 30, tzinfo=PARIS)))
    feed = LiveFeed(session)
    await feed.start()
    listening = asyncio.create_task(_ring(feed))
    await asyncio.sleep(0)  # it listens
    await _reported(session, DOWN)
    async with asyncio.timeout(10):
        rung = await listening
    assert (rung.incident, rung.text) == (incident, "P1 Re: Lenteurs")
    await feed.close()
    await session.close()


async def test_what_a_person_has_set_no_reading_overrules(tmp_path: Path) -> None:
    session, incident = await _session(tmp_path, Clock(datetime(2025, 1, 9, 11, 30, tzinfo=PARIS)))
    await session.work(incident)
    correction = c.CorrectPriority(
        incident=incident, priority=Priority.P3, request=RequestType.BUG, why="a test shop, nobody buys there"
    )
    assert await session.submit(correction) is None
    assert await _reported(session, DOWN) == incident
    assert (await session.case(incident)).incident.priority is Priority.P3
    await session.close()
