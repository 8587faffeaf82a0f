"""From logs and live evidence to named causes: the pure core's diagnosis, with instants and a remedy that fits."""

import asyncio
from collections.abc import Mapping, Sequence

from skills.contract import Context
from skills.devops.containers.workloads import named_by
from skills.devops.monitoring.logs import LogText, diagnose
from skills.devops.monitoring.logs.diagnosis import Diagnosis
from skills.devops.monitoring.logs.entries import recognise
from skills.devops.monitoring.pod_logs import PodLog
from skills.remedies import find_remedy, with_steps
from store.safe_text import redact
from store.values import Cause, Evidence, Proof

_MOST_PROOFS = 4
_LONGEST_PROOF = 300


async def name_causes(evidence: Sequence[Evidence], logs: Sequence[PodLog]) -> tuple[Cause, ...]:
    """Return the causes, root first; empty where nothing explains an outage.

    A log's evidence is known by its source; where there is none yet, the source stands for it.
    """
    known = {each.source: each.id for each in evidence if each.kind == "log"}
    read = {known.get(log.source, log.source): log for log in logs if not log.unavailable}
    diagnosis = await asyncio.to_thread(_diagnosis, evidence, read)
    return tuple(_located(cause, evidence, read) for cause in diagnosis.causes)


def _diagnosis(evidence: Sequence[Evidence], read: Mapping[str, PodLog]) -> Diagnosis:
    texts = [LogText(identity, log.source, log.data, log.scanned) for identity, log in read.items()]
    return diagnose(evidence, texts)


def fitted(context: Context, cause: Cause, evidence: Sequence[Evidence]) -> Cause:
    """Return the cause with its remedy's steps; without a remedy where that would undo what is not to blame."""
    remedy = find_remedy(cause.remedy)
    blamed = named_by(cause, context.site.workloads) or context.site.workloads
    if remedy and remedy.deployment == "undo" and not _rolled_out_before(blamed, evidence):
        return cause.model_copy(update={"remedy": "", "remedy_steps": ()})
    return with_steps(cause)


def _rolled_out_before(workloads: Sequence[str], evidence: Sequence[Evidence]) -> bool:
    """Whether one of these workloads got a new template near the onset; a mere restart is none."""
    return any(
        item.kind == "rollout.change"
        and item.facts.get("name") in workloads
        and any(field != "restartedAt" for field in item.facts.get("changed", ()))
        for item in evidence
    )


def _located(cause: Cause, evidence: Sequence[Evidence], read: Mapping[str, PodLog]) -> Cause:
    """Give each proof its instant and its source; line numbers mean nothing in a log that goes on."""
    sources = {each.id: each.source for each in evidence}
    proofs = tuple(_dated(proof, read.get(proof.evidence), sources) for proof in cause.proofs)
    first = min((proof.at for proof in proofs if proof.at), default=None)
    return cause.model_copy(update={"proofs": _telling(proofs), "first_seen_at": first})


def _telling(proofs: Sequence[Proof]) -> tuple[Proof, ...]:
    """Return a few proofs that say different things: a person reads three lines, not a hundred alike."""
    alike: dict[str, Proof] = {}
    for proof in proofs:
        alike.setdefault("".join(char for char in proof.line if char.isalpha()), proof)
    return tuple(alike.values())[:_MOST_PROOFS]


def _dated(proof: Proof, log: PodLog | None, sources: Mapping[str, str]) -> Proof:
    source = log.source if log else sources.get(proof.evidence, proof.source)
    line = log.lines[proof.number - 1] if log and proof.number and proof.number <= len(log.lines) else None
    said = redact(recognise(line.text).message)[:_LONGEST_PROOF] if line else redact(proof.line)
    return proof.model_copy(update={"source": source, "at": line.at if line else None, "line": said, "number": None})
