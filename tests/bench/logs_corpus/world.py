"""Logs with their labels, made from `cases.toml`: ordinary traffic of a stack with a case's entries in it."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_CASES = Path(__file__).with_name("cases.toml")
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


def _traffic(stack: str, at: datetime, dice: random.Random) -> str:
    path = dice.choice(["/", "/panier", "/produit/lampe", "/api/stock/7", "/checkout", "/healthz"])
    stamp, status = at.strftime("%d/%b/%Y:%H:%M:%S +0000"), dice.choices([200, 302, 404], [90, 7, 3])[0]
    if stack == "events":
        pod = f"{dice.choice(['catalog', 'mail', 'search'])}-{dice.randrange(10**6):x}-{dice.randrange(10**5):x}"
        reason, message = dice.choice([("Pulled", "Container image already present on machine"), ("Created", "Created container"),
                                       ("Started", "Started container"), ("Scheduled", f"Successfully assigned shop/{pod} to worker-2")])  # fmt: skip
        return f"{dice.randrange(59)}m   Normal   {reason}   pod/{pod}   {message}"
    if stack == "envoy":
        return f'[{at.isoformat()}] "GET {path} HTTP/1.1" {status} - via_upstream - "-" 0 512 12 11 "10.0.0.3" "curl" "id" "shop" "10.0.0.9:8080"'
    if stack in ("nginx", "traefik"):
        return f'203.0.113.{dice.randrange(250)} - - [{stamp}] "GET {path} HTTP/1.1" {status} {dice.randrange(9000)} "-" "Mozilla/5.0"'
    said = dice.choices(
        [f"GET {path} status={status} dur={dice.randrange(200)}ms", "order CMD-1 paid, payment intent succeeded",
         "card declined code=insufficient_funds", "session expired, please sign in again"], [80, 12, 5, 3],
    )[0]  # fmt: skip
    return _entry(stack, "W" if said.startswith("card") else "I", said, at)


def _made(table: dict[str, Any], seed: int) -> Case:
    dice, at = random.Random(f"{table['name']}{seed}"), datetime(2025, 3, 3, 10, tzinfo=UTC)
    stack, whisper = table["stack"], table.get("whisper", False)
    lines: list[str] = []
    proofs: set[int] = set()

    def write(text: str, *, proof: bool = False) -> None:
        parts = text.split("\n")
        if proof:
            proofs.update(range(len(lines) + 1, len(lines) + len(parts) + 1))
        lines.extend(parts)

    def ordinary(count: int) -> None:
        nonlocal at
        for _ in range(count):
            at += timedelta(seconds=dice.randint(1, 4))
            write(_traffic(stack, at, dice))

    def said(entries: list[str], *, proof: bool) -> None:
        for entry in entries:
            letter, _, text = entry.partition("|")
            write(text if letter == "R" else _entry(stack, letter, text, at), proof=proof)

    ordinary(dice.randint(8, 15) if table.get("early") else dice.randint(30, 60))
    roots = 1 if whisper else table.get("times", 6)
    for turn in range(25 if whisper else roots):
        if turn < roots:
            said(table.get("root", []), proof=True)
        said(table.get("shout", []), proof=False)
        ordinary(dice.randint(0, 4))
    said(table.get("well", []), proof=False)
    ordinary(dice.randint(90, 120) if table.get("early") else dice.randint(2, 6))
    name = table["name"]
    healthy = table["cause"] == "healthy"
    return Case(name.lstrip("*"), table["cause"], tuple(table.get("also", ())), ("\n".join(lines) + "\n").encode(),
                frozenset() if healthy else frozenset(proofs), name.startswith("*"), whisper or healthy)  # fmt: skip


def made_cases(seed: int = 0) -> Iterator[Case]:
    """Yield every case with its ordinary traffic drawn from the seed."""
    for table in tomllib.loads(_CASES.read_text(encoding="utf-8"))["case"]:
        yield _made(table, seed)
