"""An SMTP server that speaks the protocol line by line and cuts the link where a test tells it to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CUT = ""
"""Instead of an answer: close the connection."""


@dataclass
class ScriptedSmtp:
    """Answers each command from `answers`, else `250 ok`. `texts` are the mails handed over, as on the wire."""

    answers: dict[str, str] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def _answer(self, command: str, default: str) -> str:
        self.commands.append(command)
        return self.answers.get(command, default)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self._answer("connect", "220 script ready")
        while answer != CUT:
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()
            if answer.startswith("354"):
                self.texts.append(await reader.readuntil(b"\r\n.\r\n"))
                answer = self._answer("text", "250 2.0.0 queued")
                continue
            line = (await reader.readline()).decode()
            if not line:
                return
            verb = line.split(None, 1)[0].upper() if line.split() else ""
            answer = self._answer(verb, "354 go on" if verb == "DATA" else "250 ok")


@asynccontextmanager
async def scripted(**answers: str) -> AsyncIterator[ScriptedSmtp]:
    """Serve a script on a free loopback port."""
    script = ScriptedSmtp(answers)
    server = await asyncio.start_server(script.converse, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
