"""How a collector's find, or its blindness, becomes evidence: redacted, with a digest of what is kept."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skills.clients.cluster import Forbidden, NotFound
from skills.contract import Context, Failure, Unavailable
from skills.wording import in_every_language
from store.events import EvidenceCaptured
from store.plan import canonical
from store.safe_text import redact
from store.values import Evidence, Json, Words

_EXCERPT = 4_000


@dataclass(frozen=True, slots=True)
class Collector:
    """One question to the world: what it asks (`source`), of which kind its answer is, and how long it may take."""

    source: str
    kind: str
    look: Callable[[], Awaitable[Sequence[Evidence]]]
    seconds: float = 8.0


@dataclass(frozen=True, slots=True)
class Blindness:
    """Why a question has no answer: `detail` as the system said it, `words` for a person."""

    detail: str
    words: Words


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


def blind(context: Context, source: str, kind: str, why: Blindness) -> Evidence:
    """Return that it could not be looked at, and why: never a finding."""
    detail = redact(why.detail)
    return Evidence(
        id=_identity(context, source, kind, detail),
        source=source,
        kind=kind,
        captured_at=context.now(),
        unavailable=detail,
        blindness=why.words,
    )


def blindness(failure: Failure | TimeoutError, seconds: float) -> Blindness:
    """Return why one could not look: `failure`, or no answer within `seconds`."""
    if isinstance(failure, TimeoutError):
        words = in_every_language("blind.late", seconds=seconds)
        return Blindness(words["en"], words)
    detail = f"{failure.title}: {failure.detail}" if failure.detail else failure.title
    for kind, key in _BLIND:
        if isinstance(failure, kind):
            return Blindness(detail, in_every_language(key))
    return Blindness(detail, {"fr": redact(failure.title), "en": redact(failure.title)})


_BLIND: tuple[tuple[type[Failure], str], ...] = (
    (Forbidden, "blind.forbidden"),
    (NotFound, "blind.missing"),
    (Unavailable, "blind.unreachable"),
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
    except (Failure, TimeoutError) as failure:
        return (blind(context, collector.source, collector.kind, blindness(failure, collector.seconds)),)


def _safe(value: Any) -> Any:
    if isinstance(value, list):
        return [_safe(item) for item in value]
    return redact(value) if isinstance(value, str) else value


def _identity(context: Context, source: str, kind: str, digest: str) -> str:
    """Return a name that is the same for the same find of the same step."""
    name = f"{context.step}|{source}|{kind}|{digest}"
    return hashlib.sha256(name.encode()).hexdigest()[:12]
