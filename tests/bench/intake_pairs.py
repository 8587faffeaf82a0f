"""Fit the weights by which a mail is held to report an incident again: `make pairs`.

Every mail of the written set is compared with each incident of its client that came before, as labelled; what is
read in the mails comes from models that saw none of their client's mails. Prints the weights, for
`skills/knowledge/intake/same_incident.toml`, and how well they do on lots that they were not fitted to.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skills.client_intake.qualification.model import fitted
from skills.client_intake.qualification.reading import read_mail
from skills.client_intake.reception.mail import parse_mail
from skills.client_intake.routing.likeness import Earlier, compare
from store.values import Reading
from tests.bench.intake_train import fit, regress
from tests.bench.intake_written import Labelled, written

_DEAF = {"auto-reply", "bounce", "list"}
FOLDS, EPOCH_SEED = 3, 11


@dataclass(frozen=True, slots=True)
class Pair:
    """A mail beside an incident of its client's."""

    client: str
    traits: dict[str, float]
    same: bool


def lot_of(client: str) -> int:
    """Return which lot a client's mails are in."""
    return int(hashlib.sha256(f"{EPOCH_SEED}{client}".encode()).hexdigest(), 16) % FOLDS


def readings(mails: Sequence[Labelled]) -> dict[str, Reading]:
    """What is read in each mail by a model that saw none of its client's."""
    found: dict[str, Reading] = {}
    for lot in range(FOLDS):
        weights = fitted(fit([mail for mail in mails if lot_of(mail.client) != lot]))
        found |= {
            mail.name: read_mail(parse_mail(mail.raw), weights=weights) for mail in mails if lot_of(mail.client) == lot
        }
    return found


def pairs(mails: Sequence[Labelled], read: dict[str, Reading]) -> Iterator[Pair]:
    """Yield each mail beside each incident of its client's that it could report, of those before it in its file."""
    incidents: dict[tuple[str, str], dict[str, list[Earlier]]] = {}
    for labelled in mails:
        mail = parse_mail(labelled.raw)
        if mail.automatic in _DEAF:
            continue
        reading, stem = read[labelled.name], labelled.name.rpartition("-")[0]
        known = incidents.setdefault((stem, reading.client), {})
        for root, incident in known.items():
            if traits := compare(mail, reading, incident).traits:
                yield Pair(labelled.client, traits, labelled.duplicate_of == root)
        root = labelled.duplicate_of or labelled.name
        known.setdefault(root, []).append(Earlier(labelled.name, root, mail, reading))


def weights_of(found: Sequence[Pair]) -> dict[str, float]:
    """The weights of the traits."""
    weights = regress([pair.traits for pair in found], [pair.same for pair in found])
    return {name: round(weight, 2) for name, weight in sorted(weights.items())}


def chance(weights: dict[str, float], traits: dict[str, float]) -> float:
    """The score from which the product takes its chance."""
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in traits.items())


def judged(found: Sequence[Pair]) -> tuple[float, float]:
    """Precision and recall on lots that the weights were not fitted to."""
    right = joined = wanted = 0
    for lot in range(FOLDS):
        weights = weights_of([pair for pair in found if lot_of(pair.client) != lot])
        for pair in (pair for pair in found if lot_of(pair.client) == lot):
            joins = chance(weights, pair.traits) > 0
            right, joined, wanted = right + (joins and pair.same), joined + joins, wanted + pair.same
    return right / max(1, joined), right / max(1, wanted)


def main() -> None:
    """Print the figures and the weights."""
    mails = written()
    found = list(pairs(mails, readings(mails)))
    precision, recall = judged(found)
    print(f"{len(found)} pairs, precision {precision:.3f}, recall {recall:.3f}\n\n[weights]")  # noqa: T201 - a command
    for name, weight in weights_of(found).items():
        print(f"{name} = {weight}")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
