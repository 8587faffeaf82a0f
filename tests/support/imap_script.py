"""An IMAP server that says what a test tells it to: answers that no well-behaved server can be brought to give."""

import asyncio
import re
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CUT = ""
"""Instead of an answer: close the connection."""
MAIL = "Subject: one\r\n\r\nbonjour"
_ANSWERS = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE STARTTLS\n{tag} OK done",
    "SELECT": "* OK [UIDVALIDITY 7] here\n* OK [PERMANENTFLAGS (\\Seen $Astreinte \\*)] kept\n{tag} OK done",
    "SEARCH": "* SEARCH 1\n{tag} OK done",
    "FETCH BODY": f"* 1 FETCH (UID 1 BODY[]<0> {{size}}\n{MAIL})\n{{tag}} OK done",
    "FETCH FLAGS": "* 1 FETCH (UID 1 FLAGS (\\Seen $Astreinte))\n{tag} OK done",
    "IDLE": "+ idling",
}


@dataclass
class ScriptedImap:
    """Holds one mail, and answers each command from `answers`, by its verb or the verb and its last words."""

    answers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    commands: list[str] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    """What a client answered when it was asked to go on with its login."""
    port: int = 0
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self._open[task] = writer
        with suppress(OSError):
            writer.write(b"* OK ready\r\n")
            while line := (await reader.readline()).decode(errors="replace"):
                if not await self._answer(line.split(), reader, writer):
                    break
        writer.close()

    async def close(self) -> None:
        """End all conversations."""
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*self._open)

    async def _answer(self, words: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        tag, *command = words or [""]
        if not command:  # somebody speaks TLS to it
            return True
        self.commands.append(" ".join(command))
        if command[0] == "AUTHENTICATE":
            writer.write(b"+ \r\n")
            self.said.append(b64decode(await reader.readline()))
        answer = self._told(command)
        if answer == CUT:
            return False
        answer = answer.replace("{tag}", tag).replace("{size}", f"{{{len(MAIL)}}}")
        writer.write(re.sub("\r?\n", "\r\n", f"{answer}\n").encode())
        if command[0] == "IDLE":
            await reader.readline()
            writer.write(f"{tag} OK done\r\n".encode())
        if command[0] == "STARTTLS" and self.context:
            await writer.start_tls(self.context)
        return True

    def _told(self, command: list[str]) -> str:
        verb = command[1] if command[0] == "UID" else command[0]
        part = f"{verb} FLAGS" if command[-1] == "(FLAGS)" else f"{verb} BODY" if "(BODY" in command[-1] else verb
        for name in (" ".join(command), part, verb):
            for known in (self.answers, _ANSWERS):
                if name in known:
                    return known[name]
        return "{tag} OK done"


@asynccontextmanager
async def scripted(
    answers: Mapping[str, str] | None = None, context: ssl.SSLContext | None = None
) -> AsyncIterator[ScriptedImap]:
    """Serve a script on a free loopback port."""
    script = ScriptedImap(dict(answers or {}), context)
    server = await asyncio.start_server(script.converse, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        await script.close()
