"""Many mails judged in order, nothing stored: what `astreinte triage` prints."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from skills.client_intake.qualification.model import Weights
from skills.client_intake.qualification.reading import read_mail
from skills.client_intake.reception.mail import parse_mail
from skills.client_intake.routing.same_incident import Earlier, duplicate_of
from skills.client_intake.routing.standing import as_part_of

if TYPE_CHECKING:
    from skills.contract import KnownClient


def triage(
    files: Sequence[tuple[str, bytes]], clients: Sequence["KnownClient"] = (), weights: Weights | None = None
) -> Iterator[dict[str, Any]]:
    """Judge raw mails in order: one JSON object each, with the command's fields.

    `files` are (name, raw bytes). `duplicate_of` names the file of the incident's first report, or is None;
    `onset_at` is ISO 8601 with offset, or None; `reasons` are `store.values.Reason` as objects.
    `weights` is the shipped model where none is given.
    """
    by_client: dict[str, list[Earlier]] = {}
    for name, raw in files:
        mail = parse_mail(raw)
        reading = read_mail(mail, clients, weights)
        earlier = by_client.setdefault(reading.client, [])
        match = duplicate_of(mail, reading, earlier)
        if match:
            reading = as_part_of(reading, next(item.reading for item in earlier if item.report == match.root))
        earlier.append(Earlier(name, match.root if match else name, mail, reading))
        reasons = [*reading.reasons, match.reason] if match else reading.reasons
        yield {
            "file": name,
            "priority": str(reading.priority),
            "type": str(reading.type),
            "impact": [str(impact) for impact in reading.impact],
            "language": reading.language,
            "client": reading.client,
            "onset_at": reading.onset_at.isoformat() if reading.onset_at else None,
            "duplicate_of": match.root if match else None,
            "reasons": [reason.model_dump() for reason in reasons],
        }
