"""Root over symptom: which of the causes that are there explains the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skills.devops.monitoring.logs.causes import CauseSpec, causes
from skills.devops.monitoring.logs.facts import FactHit, disproofs, fact_hits
from skills.devops.monitoring.logs.scanning import Hit, Scan, scan
from skills.devops.monitoring.logs.weighing import Weighed, errors, outcomes, strength, weigh
from store.safe_text import redact
from store.values import Cause, Evidence, Proof, Words

_THERE = 1.0
_HINT = 0.34
"""What one hit must weigh to speak for a cause that nothing else proves."""
_MOST_PROOFS = 40
_PLAIN = 3.0
_DOUBTLESS = 0.9
"""From this weight on two roots are equally plain, and the one with the stronger single proof comes first."""
_FAILURES = 3
"""Failed requests, or errors, from which on a lone hint is believed."""


@dataclass(frozen=True, slots=True)
class LogText:
    """A whole log: the evidence it belongs to, where it comes from, and its bytes."""

    evidence: str
    source: str
    data: bytes
    scanned: Scan | None = None
    """Its hits, where they are known."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The roots, strongest first; empty says that nothing explains an outage. `confidence` is then that of healthy."""

    causes: tuple[Cause, ...]
    confidence: float
    unseen: tuple[Words, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.causes


@dataclass(slots=True)
class Suspect:
    """A cause with all that speaks for it, from logs and from live facts."""

    spec: CauseSpec
    logs: list[Weighed]
    facts: list[FactHit]
    promoted: bool = False

    @property
    def key(self) -> str:
        """The cause's key."""
        return self.spec.key

    @property
    def explains(self) -> frozenset[str]:
        """The causes that it explains here."""
        if self.spec.explains_of is None:
            return self.spec.explains
        named, further = self.spec.explains_of
        proofs = (hit.text.lower() for each in self.live for hit in each.hits)
        told = (hit.says.lower().encode() for hit in self.facts)
        return self.spec.explains | (further if any(map(named.search, (*proofs, *told))) else frozenset())

    @property
    def live(self) -> list[Weighed]:
        """The logs in which it isn't over."""
        return [each for each in self.logs if not each.over]

    @property
    def weight(self) -> float:
        """From 1 up it is there."""
        return sum(each.weight for each in self.live) + sum(hit.weight for hit in self.facts)

    @property
    def strongest(self) -> float:
        """The strongest single hit."""
        return max([each.strongest for each in self.live] + [hit.weight for hit in self.facts], default=0.0)

    @property
    def firm(self) -> bool:
        """Whether anything of it was not shrugged off by who logged it: what was ignored brings nothing else down."""
        return bool(self.facts) or any(not hit.handled for each in self.logs for hit in each.hits)

    @property
    def there(self) -> bool:
        """Whether it counts as present."""
        return self.promoted or self.weight >= _THERE - 1e-9


def diagnose(evidence: Sequence[Evidence], logs: Sequence[LogText] = ()) -> Diagnosis:
    """Name the root causes. Evidence of kind `log` without a `LogText` of its id is read by its excerpt."""
    given = {log.evidence for log in logs}
    texts = [*logs, *(_text(each) for each in evidence if each.kind == "log" and each.id not in given)]
    suspects = _suspects(evidence, texts)
    _promote(suspects)
    roots = _roots([each for each in suspects.values() if each.there])
    unseen = tuple(each.unseen for each in evidence if each.unavailable)
    named = [_named(root, suspects, evidence, unseen) for root in roots]
    doubt = max((each.weight for each in suspects.values()), default=0.0)
    sure = named[0].confidence if named else max(0.3, 0.95 - 0.4 * min(doubt, 1.0) - 0.1 * len(unseen))
    return Diagnosis(tuple(named), round(sure, 2), unseen)


def _text(evidence: Evidence) -> LogText:
    return LogText(evidence.id, evidence.source, evidence.excerpt.encode())


def _suspects(evidence: Sequence[Evidence], texts: Sequence[LogText]) -> dict[str, Suspect]:
    suspects = {key: Suspect(spec, [], []) for key, spec in causes().items()}
    for text in texts:
        for weighed in weigh(_scanned(text)):
            suspects[weighed.cause.key].logs.append(weighed)
    for hit in fact_hits(evidence):
        suspects[hit.cause].facts.append(hit)
    return {key: suspect for key, suspect in suspects.items() if suspect.logs or suspect.facts}


def _scanned(text: LogText) -> Scan:
    """Return the log's hits, as those of its evidence."""
    return replace(text.scanned, source=text.evidence) if text.scanned else scan(text.evidence, text.data)


def _promote(suspects: dict[str, Suspect]) -> None:
    """Believe a whisper that explains what shouts; and the only hint there is where requests keep failing."""
    loud = [each for each in suspects.values() if each.there]
    for each in suspects.values():
        if each.there or not (_hinted(each) or _retried_in_vain(each)):
            continue
        each.promoted = any(symptom.key in each.explains and _precedes(each, symptom) for symptom in loud)
    if any(each.there for each in suspects.values()):
        return
    hints = sorted((each for each in suspects.values() if _hinted(each) or _muttered(each)), key=_telling)
    told = {each.key for each in hints}
    hints = sorted(hints, key=lambda each: not told & (each.explains - {each.key}))
    if hints and any(_failing(weighed) for weighed in hints[0].live):
        hints[0].promoted = True


def _telling(suspect: Suspect) -> tuple[bool, float, float]:
    """Sort hints before what is only muttered, then by weight."""
    return not _hinted(suspect), -suspect.weight, -_muttered(suspect)


def _muttered(suspect: Suspect) -> float:
    """What a mild line says, taken at its word: some name the reason for an outage as a mere notice."""
    hits = (hit for each in suspect.live for hit in each.hits if not hit.handled and hit.level != "debug")
    return max((hit.sign.weight for hit in hits if hit.sign.weight >= _HINT), default=0.0)


def _hinted(suspect: Suspect) -> bool:
    return any(
        strength(hit, suspect.spec) >= _HINT - 1e-9 and not hit.soft for each in suspect.logs for hit in each.hits
    ) or any(hit.weight >= _HINT for hit in suspect.facts)


def _retried_in_vain(suspect: Suspect) -> bool:
    """Whether a line names the reason beyond doubt, only to be tried anew: what fails later tells how that went."""
    return any(
        hit.soft and not hit.handled and hit.sign.weight >= _DOUBTLESS for each in suspect.logs for hit in each.hits
    )


def _precedes(root: Suspect, symptom: Suspect) -> bool:
    """Whether the root is first seen by the symptom's onset or soon after it, in the logs they share."""
    for ours in root.logs:
        for theirs in symptom.logs:
            if ours.log is theirs.log:
                slack = max(12, ours.log.lines // 7)
                return theirs.first - 2 * slack <= ours.first <= max(theirs.first + slack, theirs.last)
    return True


def _failing(weighed: Weighed) -> bool:
    """Whether requests fail from the hit on, or the application keeps logging errors."""
    lines = weighed.log.lowered[weighed.hits[0].start :][:2_000_000].split(b"\n")
    well, bad = outcomes(lines)
    bad = max(bad, errors(weighed.log.data[weighed.hits[0].start :][:2_000_000].split(b"\n")))
    return bad >= _FAILURES and bad * 12 >= well


def _roots(there: list[Suspect]) -> list[Suspect]:
    def explained(each: Suspect) -> bool:
        return any(
            each.key in other.explains and other.firm and not (other.key in each.explains and _earlier(each, other))
            for other in there
            if other is not each
        )

    roots = [each for each in there if not explained(each)]
    return sorted(roots or there, key=lambda each: (-min(each.weight, _PLAIN), -each.strongest))


def _earlier(one: Suspect, other: Suspect) -> bool:
    lines = [min((each.first for each in suspect.live), default=0) for suspect in (one, other)]
    return (lines[0], one.key) < (lines[1], other.key)


def _named(
    root: Suspect, suspects: dict[str, Suspect], evidence: Sequence[Evidence], unseen: tuple[Words, ...]
) -> Cause:
    against = tuple(disproofs(root.spec, evidence))
    also = tuple(
        other.key
        for other in suspects.values()
        if other is not root
        and other.there
        and other.key in root.explains - root.spec.mistaken_for
        and _own(other, root)
    )
    explained = 0.1 if also else 0.0
    sure = 0.55 + 0.2 * min(root.weight, 2.0) + explained - 0.15 * len(against) - 0.05 * min(len(unseen), 4)
    proofs = _proofs(root)
    return Cause(
        key=root.key,
        confidence=round(min(max(sure, 0.05), 0.99), 2),
        title=root.spec.title,
        summary=root.spec.summary,
        proofs=proofs,
        against=against,
        unseen=unseen,
        checked=tuple(dict.fromkeys(each.source for each in evidence if not each.unavailable)),
        also=also,
        remedy="" if root.spec.remedy == "none" else root.spec.remedy,
        count=sum(len(each.entries) for each in root.logs) + len(root.facts),
    )


def _own(other: Suspect, root: Suspect) -> bool:
    """Whether the consequence has proof of its own, beside the entries that also prove the root."""
    taken = {(each.log.source, entry) for each in root.logs for entry in each.entries}
    weight = sum(hit.weight for hit in other.facts)
    for each in other.live:
        entries: dict[int, float] = {}
        for hit in each.hits:
            if (each.log.source, hit.entry) not in taken:
                entries[hit.entry] = max(entries.get(hit.entry, 0.0), strength(hit, other.spec))
        weight += sum(entries.values())
    return weight >= _THERE - 1e-9


def _proofs(root: Suspect) -> tuple[Proof, ...]:
    """The lines that weigh most, in the order of the log, each once; then the live facts."""
    proofs: list[Proof] = []
    for each in root.live or root.logs:
        best = max(strength(hit, root.spec) / hit.repeats for hit in each.hits)
        chosen: dict[int, Hit] = {}
        for hit in each.hits:
            if strength(hit, root.spec) / hit.repeats >= 0.6 * best:
                chosen.setdefault(hit.line, hit)
        proofs += [
            Proof(
                evidence=each.log.source,
                line=redact(hit.text[:600].decode(errors="replace").strip()),
                source=each.log.source,
                number=hit.line,
            )
            for hit in list(chosen.values())[:_MOST_PROOFS]
        ]
    proofs += [Proof(evidence=hit.evidence.id, line=hit.says, source=hit.evidence.source) for hit in root.facts]
    return tuple(proofs)
