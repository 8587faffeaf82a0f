"""A store that can't be written: one clear line, nothing shown as done, and on it goes once there is room."""

import asyncio
import resource
from pathlib import Path

from console.config import load_config
from console.intake import take_in
from console.session import Session
from console.wiring import build_world

MAIL = b"""From: dsi@client.fr
Message-ID: <full-disk@client.fr>
Date: Thu, 09 Jan 2025 11:30:00 +0100
Subject: Paiements bloques

Plus aucun paiement ne passe depuis 10h, tout le site est en panne.
"""


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 what is waited for tells nobody
            await asyncio.sleep(0.02)


async def test_work_waits_while_the_files_may_not_grow_and_goes_on_afterwards(tmp_path: Path) -> None:
    session = Session(build_world(load_config(None), tmp_path / "store"))
    taken = await take_in(session.world, MAIL, source="test")
    assert taken.incident is not None
    case = await session.case(taken.incident)
    before = len(case.records)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        await session.work(taken.incident, attended=True)
        await until(lambda: session.trouble)
        assert "grow" in session.trouble
        assert "\n" not in session.trouble
        assert len(case.records) == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await until(lambda: len(case.records) > before)
    await session.close()
