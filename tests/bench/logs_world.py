"""Labelled logs made from `logs_corpus/cases.toml`: a stack's ordinary traffic with a case's entries in it."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_CASES = Path(__file__).with_name("logs_corpus") / "cases.toml"
_LEVELS = {"E": "ERROR", "W": "WARN", "I": "INFO", "D": "DEBUG", "F": "FATAL"}


@dataclass(frozen=True, slots=True)
class Case:
    """A made log and what a good answer is. `lines` prove the cause; `held` out of tuning."""

    name: str
    cause: str
    also: tuple[str, ...]
    data: bytes
    lines: frozenset[int]
    held: bool
    hard: bool


def _entry(stack: str, letter: str, text: str, at: datetime) -> str:
    level, iso = _LEVELS.get(letter, ""), at.isoformat(timespec="milliseconds")
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    number = {"D": 20, "I": 30, "W": 40, "E": 50, "F": 60}.get(letter, 30)
    dotnet = {"D": "dbug", "I": "info", "W": "warn", "E": "fail", "F": "crit"}.get(letter, "info")
    forms = {
        "rails": f"{letter}, [{iso[:23]} #1]  {level:>5} -- : {text}",
        "dotnet": f"{dotnet}: Shop.Web.Handler[0]\n      {text}",
        "go": f'time={iso} level={level} msg="{quoted}"',
        "rust": f"{iso[:23]}Z {level:>5} shop::http: {text}",
        "elixir": f"{iso[11:23]} request_id=F9x [{level.lower().replace('warn', 'warning')}] {text}",
        "laravel": f"[{iso[:10]} {iso[11:19]}] production.{level}: {text}",
        "spring": f"{iso} {level:>5} 1 --- [shop] [nio-8080-exec-1] f.a.shop.Web : {text}",
        "python": f"{iso[:10]} {iso[11:19]},123 {level} [shop.web] {text}",
        "node": f'{{"level":{number},"time":{int(at.timestamp() * 1000)},"pid":1,"msg":"{quoted}"}}',
    }
    return forms.get(stack, f"{iso} {level} {text}")


_EVENTS = (
    ("Pulled", "Container image already present on machine"),
    ("Created", "Created container"),
    ("Started", "Started container"),
    ("Scheduled", "Successfully assigned shop/{pod} to worker-2"),
)
_SAID = (
    "GET {path} status={status} dur=17ms",
    "order CMD-1 paid, payment intent succeeded",
    "card declined code=insufficient_funds",
    "session expired, please sign in again",
)


def _traffic(stack: str, at: datetime, dice: random.Random) -> str:
    path = dice.choice(["/", "/panier", "/produit/lampe", "/api/stock/7", "/checkout", "/healthz"])
    stamp, status = at.strftime("%d/%b/%Y:%H:%M:%S +0000"), dice.choices([200, 302, 404], [90, 7, 3])[0]
    if stack == "events":
        pod = f"{dice.choice(['catalog', 'mail', 'search'])}-{dice.randrange(10**6):x}-{dice.randrange(10**5):x}"
        reason, message = dice.choice(_EVENTS)
        return f"{dice.randrange(59)}m   Normal   {reason}   pod/{pod}   {message.format(pod=pod)}"
    if stack == "envoy":
        request = f'[{at.isoformat()}] "GET {path} HTTP/1.1" {status} - via_upstream - "-" 0 512 12 11'
        return f'{request} "10.0.0.3" "curl" "id" "shop" "10.0.0.9:8080"'
    if stack in ("nginx", "traefik"):
        request = f'203.0.113.{dice.randrange(250)} - - [{stamp}] "GET {path} HTTP/1.1" {status}'
        return f'{request} {dice.randrange(9000)} "-" "Mozilla/5.0"'
    said = dice.choices(_SAID, [80, 12, 5, 3])[0].format(path=path, status=status)
    return _entry(stack, "W" if said.startswith("card") else "I", said, at)


class _Writer:
    """A log being written, with the numbers of the lines that prove its cause."""

    def __init__(self, stack: str, dice: random.Random) -> None:
        self.stack, self.dice = stack, dice
        self.at = datetime(2025, 3, 3, 10, tzinfo=UTC)
        self.lines: list[str] = []
        self.proofs: set[int] = set()

    def ordinary(self, least: int, most: int) -> None:
        """Write so many lines of traffic."""
        for _ in range(self.dice.randint(least, most)):
            self.at += timedelta(seconds=self.dice.randint(1, 4))
            self.lines.extend(_traffic(self.stack, self.at, self.dice).split("\n"))

    def said(self, entries: list[str], *, proof: bool = False) -> None:
        """Write a case's entries."""
        for entry in entries:
            letter, _, text = entry.partition("|")
            parts = (text if letter == "R" else _entry(self.stack, letter, text, self.at)).split("\n")
            if proof:
                self.proofs.update(range(len(self.lines) + 1, len(self.lines) + len(parts) + 1))
            self.lines.extend(parts)


def _made(table: dict[str, Any], seed: int) -> Case:
    writer = _Writer(table["stack"], random.Random(f"{table['name']}{seed}"))
    early, whisper, healthy = table.get("early", False), table.get("whisper", False), table["cause"] == "healthy"
    roots = 1 if whisper else table.get("times", 6)
    writer.ordinary(*((8, 15) if early else (30, 60)))
    for turn in range(25 if whisper else roots):
        if turn < roots:
            writer.said(table.get("root", []), proof=not healthy)
        writer.said(table.get("shout", []))
        writer.ordinary(0, 4)
    writer.said(table.get("well", []))
    writer.ordinary(*((90, 120) if early else (2, 6)))
    return Case(
        name=table["name"].lstrip("*"),
        cause=table["cause"],
        also=tuple(table.get("also", ())),
        data=("\n".join(writer.lines) + "\n").encode(),
        lines=frozenset(writer.proofs),
        held=table["name"].startswith("*"),
        hard=whisper or healthy,
    )


def made_cases(seed: int = 0) -> Iterator[Case]:
    """Yield every case with its ordinary traffic drawn from the seed."""
    for table in tomllib.loads(_CASES.read_text(encoding="utf-8"))["case"]:
        yield _made(table, seed)
