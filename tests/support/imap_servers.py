"""Real IMAP servers on loopback: pymap, which pip installs, and Dovecot where it is present; and a wire to cut."""

import asyncio
import getpass
import grp
import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pysasl.hashing import BuiltinHash

HOST, USER, PASSWORD = "127.0.0.1", "support", "open sesame"
_START_SECONDS = 20


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Pymap:
    """A pymap with one user, whose mails outlive its process."""

    def __init__(self) -> None:
        # Not below a test's own folder: a server that gave up root's rights could not enter it.
        self._place = TemporaryDirectory(prefix="imap-")
        self.directory, self.port = Path(self._place.name), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        directory = self.directory
        hashed = BuiltinHash(rounds=1).hash(PASSWORD)
        (directory / "pymap-etc-passwd").write_text(f"{USER}:x:0:0::mails:\n", encoding="utf-8")
        (directory / "pymap-etc-shadow").write_text(f"{USER}:{hashed}:::::::\n", encoding="utf-8")

    def _command(self) -> list[str]:
        pymap = Path(sys.executable).parent / "pymap"
        return [str(pymap), "--no-tls", "--host", HOST, "--port", str(self.port), "maildir", str(self.directory)]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        end = time.monotonic() + _START_SECONDS
        while True:
            with suppress(OSError, imaplib.IMAP4.error):
                imaplib.IMAP4(HOST, self.port, timeout=2).logout()
                return
            if time.monotonic() > end:
                raise TimeoutError(" ".join(self._command()))
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it, as a machine that fails would."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """Stop it, and take its mails away."""
        self.stop()
        self._place.cleanup()

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the inbox."""
        client = imaplib.IMAP4(HOST, self.port, timeout=10)
        client.login(USER, PASSWORD)
        for mail in mails:
            client.append("INBOX", "()", imaplib.Time2Internaldate(time.time()), mail)
        client.logout()


class Dovecot(Pymap):
    """A Dovecot with the same user, run by whoever runs the tests."""

    def __init__(self) -> None:
        super().__init__()
        directory = self.directory
        user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        if os.getuid() == 0:  # Dovecot gives root no mails
            user, group = "nobody", "nogroup"
            shutil.chown(directory, user, group)
        (directory / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        settings = _DOVECOT.format(dir=directory, port=self.port, user=user, group=group)
        (directory / "dovecot.conf").write_text(settings, encoding="utf-8")

    def _command(self) -> list[str]:
        return [shutil.which("dovecot") or "dovecot", "-F", "-c", str(self.directory / "dovecot.conf")]


_DOVECOT = """
protocols = imap
base_dir = {dir}/run
log_path = {dir}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{dir}/mails
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
passdb {{
  driver = passwd-file
  args = username_format=%n {dir}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
  chroot =
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
auth_failure_delay = 0
"""


class Wire:
    """Carries connections to a server; can be cut, and can go silent without a word."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.silent = False
        self.limit: int | None = None
        """After so many bytes of one connection towards the client it is cut."""
        self.swallowed = b""
        """A command that holds this is not carried to the server, nor anything after it."""
        self._target = target
        self._writers: list[asyncio.StreamWriter] = []
        self.swallowing = asyncio.Event()
        self._carried = 0
        self._over = asyncio.Event()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self._carried += 1
        self._over.clear()
        try:
            await self._carry(reader, writer)
        finally:
            self._carried -= 1
            if not self._carried:
                self._over.set()

    async def idle(self) -> None:
        """Wait until no connection is left."""
        await self._over.wait()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target)
        except OSError:
            writer.close()
            return
        self._writers += [writer, far_writer]
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer, limited=True))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, limited: bool = False) -> None:
        carried = 0
        with suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(4096):
                carried += len(data)
                if limited and self.limit is not None and carried > self.limit:
                    break
                if not limited and self.swallowed and self.swallowed in data:
                    self.swallowing.set()
                    continue
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
        self.cut() if limited and self.limit is not None and carried > self.limit else writer.close()

    def cut(self) -> None:
        """Cut all connections there are."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


@asynccontextmanager
async def wire_to(port: int, context: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """Carry connections to a port, encrypted on this side where there is a context."""
    wire = Wire(port)
    server = await asyncio.start_server(wire.carry, HOST, 0, ssl=context)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        await asyncio.sleep(0)
