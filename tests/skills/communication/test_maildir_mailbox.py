"""A Maildir offers each mail until it is marked, whoever dies in between."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills.clients.mailbox import Incoming, MaildirMailbox
from skills.contract import Unavailable


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for folder in ("tmp", "new", "cur"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
    return tmp_path / "mail"


def deliver(box: Path, name: str, content: bytes = b"Subject: x\r\n\r\n") -> None:
    draft = box / "tmp" / name
    draft.write_bytes(content)
    draft.rename(box / "new" / name)


async def take(arrivals: AsyncIterator[Incoming], number: int = 1) -> list[Incoming]:
    async with asyncio.timeout(10):
        return [await anext(arrivals) for _ in range(number)]


def mailbox_of(box: Path) -> MaildirMailbox:
    return MaildirMailbox(box, seconds=0.02)


async def test_mails_are_offered_byte_for_byte_in_the_order_of_their_delivery(box: Path) -> None:
    deliver(box, "1736418602.b.mx", b"\xff\x00two")
    deliver(box, "1736418601.a.mx", b"one")
    taken = await take(mailbox_of(box).arrivals(), 2)
    assert [(mail.uid, mail.raw) for mail in taken] == [
        ("1736418601.a.mx", b"one"),
        ("1736418602.b.mx", b"\xff\x00two"),
    ]
    assert taken[0].source == "maildir:mail"


async def test_a_mail_that_comes_later_is_offered_too_and_none_twice(box: Path) -> None:
    arrivals = mailbox_of(box).arrivals()
    deliver(box, "1.a")
    first = await take(arrivals)
    waiting = asyncio.create_task(take(arrivals))
    deliver(box, "2.b")
    assert [mail.uid for mail in first + await waiting] == ["1.a", "2.b"]


async def test_an_unmarked_mail_is_offered_again_and_a_marked_one_is_not(box: Path) -> None:
    deliver(box, "1.a")
    deliver(box, "2.b")
    mailbox = mailbox_of(box)
    first, _second = await take(mailbox.arrivals(), 2)
    await mailbox.mark(first.uid)
    assert [mail.uid for mail in await take(mailbox_of(box).arrivals())] == ["2.b"]
    assert sorted(path.name for path in (box / "cur").iterdir()) == ["1.a:2,S"]


async def test_marking_keeps_other_flags_and_may_be_done_twice(box: Path) -> None:
    (box / "cur" / "1.a:2,FR").write_bytes(b"x")
    mailbox = mailbox_of(box)
    (mail,) = await take(mailbox.arrivals())
    await mailbox.mark(mail.uid)
    await mailbox.mark(mail.uid)
    await mailbox.mark("unheard.of")
    assert [path.name for path in (box / "cur").iterdir()] == ["1.a:2,FRS"]


async def test_a_mail_that_another_reader_moved_unread_is_still_offered(box: Path) -> None:
    deliver(box, "1.a")
    (box / "new" / "1.a").rename(box / "cur" / "1.a:2,")
    assert [mail.uid for mail in await take(mailbox_of(box).arrivals())] == ["1.a"]


async def test_a_half_delivered_mail_is_not_offered(box: Path) -> None:
    (box / "tmp" / "1.a").write_bytes(b"half")
    (box / "new" / ".hidden").write_bytes(b"x")
    deliver(box, "2.b")
    assert [mail.uid for mail in await take(mailbox_of(box).arrivals())] == ["2.b"]


async def test_what_is_no_maildir_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be read") as caught:
        await take(mailbox_of(tmp_path / "nowhere").arrivals())
    assert "mailbox.maildir" in caught.value.hint


FETCHER = """
import asyncio, sys
from pathlib import Path
from skills.clients.mailbox import MaildirMailbox

async def main():
    async for mail in MaildirMailbox(Path(sys.argv[1])).arrivals():
        print(mail.uid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_process_killed_between_fetch_and_mark_loses_nothing(box: Path) -> None:
    deliver(box, "1.a", b"the mail")
    process = subprocess.Popen([sys.executable, "-c", FETCHER, str(box)], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 waited for by its first line
    try:
        assert process.stdout is not None
        fetched = await asyncio.to_thread(process.stdout.readline)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert fetched.strip() == "1.a"
    assert [(mail.uid, mail.raw) for mail in await take(mailbox_of(box).arrivals())] == [("1.a", b"the mail")]
