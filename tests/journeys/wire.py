"""A wire between the console and a server, which stops at one request: before it arrives, or after it was answered.

What a console knows when its host dies at the worst moment is so made certain instead of likely.
"""

import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Literal

from console.drill.process import WorldHandle

Side = Literal["before", "after"]
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Point:
    """An effect on the world: who takes it, and how the request begins that makes it."""

    name: str
    server: Literal["kubernetes", "shop", "smtp", "alerts"]
    before: bytes
    after: bytes = b""
    """Where the request's end is another chunk than its beginning."""

    def pattern(self, side: Side) -> re.Pattern[bytes]:
        """What to stop at."""
        return re.compile(self.after if side == "after" and self.after else self.before)


SECRET = Point("the secret's change", "kubernetes", rb"^PATCH \S+/secrets/stripe-api(?!\S*dryRun)")
RESTART = Point("the restart", "kubernetes", rb"^PATCH \S+/deployments/payment-service(?!\S*dryRun)")
PAYMENT = Point("the payment", "shop", rb"^POST /test-payment")
MAIL = Point("the mail", "smtp", rb"^(?i:data)\r\n", rb"\r\n\.\r\n$")


@dataclass
class Wire:
    """Forwards everything, until the request that it waits for; `stopped` says that it came."""

    target: int
    pattern: re.Pattern[bytes]
    side: Side
    stopped: threading.Event = field(default_factory=threading.Event)

    def carry(self, near: socket.socket) -> None:
        """Carry one connection to its end."""
        with socket.create_connection((LOOPBACK, self.target)) as far:
            cut: set[socket.socket] = set()
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    if end is near and self.pattern.search(data):
                        cut.add(near if self.side == "before" else far)
                    if end in cut:
                        self.stopped.set()
                    else:
                        (far if end is near else near).sendall(data)


@contextmanager
def wired(world: WorldHandle, point: Point, side: Side) -> Iterator[threading.Event]:
    """Lay a wire to the point's server; consoles that start meanwhile go through it."""
    target: int = getattr(world.handshake, point.server)
    wire = Wire(target, point.pattern(side), side)

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            try:
                wire.carry(self.request)
            except OSError:
                return  # an end was killed: that is what the wire is for

    with ThreadingTCPServer((LOOPBACK, 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        files = {path: path.read_text() for path in (world.config_path, world.handshake.kubeconfig)}
        for path, text in files.items():
            path.write_text(_redirected(text, target, server.server_address[1]))
        try:
            yield wire.stopped
        finally:
            for path, text in files.items():
                path.write_text(text)
            server.shutdown()


def _redirected(text: str, old: int, new: int) -> str:
    return re.sub(rf"({re.escape(LOOPBACK)}:|^port = ){old}\b", rf"\g<1>{new}", text, flags=re.MULTILINE)
