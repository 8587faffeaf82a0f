"""Blocking calls in threads of their own, and whose turn it is among them."""

import asyncio
import select
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

Answer = TypeVar("Answer")

_ROUSE_SECONDS = 0.2


async def in_thread(call: Callable[[], Answer]) -> Answer:
    """Await a blocking call that may take minutes.

    Not in the loop's pool: a handful of idling mailboxes would fill it, and the process's end waits for the pool.
    """
    answer: Future[Answer] = Future()
    threading.Thread(target=_answer, args=(call, answer), name="imap", daemon=True).start()
    return await asyncio.wrap_future(answer)


def _answer(call: Callable[[], Answer], answer: "Future[Answer]") -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(call())
    except BaseException as error:  # noqa: BLE001 whatever it is, it belongs to whoever awaits
        answer.set_exception(error)


class Turns:
    """One thread has its turn at a time. Whoever comes while another only listens has it stop listening."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._rouser, self._roused = socket.socketpair()
        self._rouser.settimeout(0)
        self._roused.settimeout(0)

    def begin(self) -> None:
        """Wait for one's turn."""
        while not self.begin_at_once():
            self.rouse()
            if self._turn.acquire(timeout=_ROUSE_SECONDS):
                return

    def begin_at_once(self) -> bool:
        """Take one's turn if nobody has it."""
        return self._turn.acquire(blocking=False)

    def end(self) -> None:
        """Give the turn back."""
        self._turn.release()

    def listen(self, seconds: float, *sockets: socket.socket) -> None:
        """In one's turn: wait until a socket has something to read, or until somebody rouses."""
        poller = select.poll()
        for each in (self._roused, *sockets):
            poller.register(each, select.POLLIN)
        poller.poll(seconds * 1000)
        with suppress(BlockingIOError):
            self._roused.recv(4096)

    def rouse(self) -> None:
        """Have whoever listens stop. It may be called from any thread, and after the end."""
        with suppress(OSError):
            self._rouser.send(b"\0")

    def close(self) -> None:
        """Give the sockets back: in one's turn, which is the last."""
        self._rouser.close()
        self._roused.close()
