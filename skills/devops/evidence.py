"""How a collector's find, or its blindness, becomes evidence: redacted, with a digest of what is kept."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skills.contract import Context, Failure
from store.events import EvidenceCaptured
from store.plan import canonical
from store.safe_text import redact
from store.values import Evidence, Json

_EXCERPT = 4_000


@dataclass(frozen=True, slots=True)
class Collector:
    """One question to the world: what it asks (`source`), of which kind its answer is, and how long it may take."""

    source: str
    kind: str
    look: Callable[[], Awaitable[Sequence[Evidence]]]
    seconds: float = 8.0


def found(context: Context, source: str, kind: str, facts: Json, excerpt: str = "") -> Evidence:
    """Return what was seen, with a digest of all that is kept of it."""
    safe_facts: Json = {key: _safe(value) for key, value in facts.items()}
    excerpt = redact(excerpt)
    digest = hashlib.sha256(excerpt.encode() + canonical(safe_facts)).hexdigest()
    return Evidence(
        id=_identity(context, source, kind, digest),
        source=source,
        kind=kind,
        captured_at=context.now(),
        excerpt=excerpt[:_EXCERPT],
        facts=safe_facts,
        digest=digest,
    )


def blind(context: Context, source: str, kind: str, why: str) -> Evidence:
    """Return that it could not be looked at, and why: never a finding."""
    why = redact(why)
    return Evidence(
        id=_identity(context, source, kind, why),
        source=source,
        kind=kind,
        captured_at=context.now(),
        unavailable=why,
    )


async def collect(context: Context, collectors: Sequence[Collector]) -> tuple[Evidence, ...]:
    """Ask all at once, each under its own timeout; one that fails becomes evidence that it could not look."""
    answers = await asyncio.gather(*(_ask(context, collector) for collector in collectors))
    return tuple(evidence for answer in answers for evidence in answer)


def captured(evidence: Sequence[Evidence]) -> tuple[EvidenceCaptured, ...]:
    """Return the events that put the evidence on the incident's log."""
    return tuple(EvidenceCaptured(evidence=item) for item in evidence)


async def _ask(context: Context, collector: Collector) -> Sequence[Evidence]:
    try:
        async with asyncio.timeout(collector.seconds):
            return await collector.look()
    except TimeoutError:
        why = f"no answer within {collector.seconds:g} s"
    except Failure as failure:
        why = f"{failure.title}: {failure.detail}" if failure.detail else failure.title
    return (blind(context, collector.source, collector.kind, why),)


def _safe(value: Any) -> Any:
    if isinstance(value, list):
        return [_safe(item) for item in value]
    return redact(value) if isinstance(value, str) else value


def _identity(context: Context, source: str, kind: str, digest: str) -> str:
    """Return a name that is the same for the same find of the same step."""
    name = f"{context.step}|{source}|{kind}|{digest}"
    return hashlib.sha256(name.encode()).hexdigest()[:12]
