"""What the four intake skills share: the next `Intake`, and its line in the client's language."""

from dataclasses import replace
from typing import Any

from skills.client_intake.knowledge import table
from skills.contract import Intake
from store.values import Json, Language, Mail, Outcome, Reading


def line(language: Language, key: str, **values: object) -> str:
    """A line of `lines.toml`, filled in."""
    text: str = table("lines")[language][key]
    return text.format(**values)


def stepped(intake: Intake, path: str, said: str, facts: Json, **changes: Any) -> Intake:
    """The intake with a step's outcome added, and whatever fields the step found."""
    return replace(intake, outcomes=(*intake.outcomes, (path, Outcome(line=said, facts=facts))), **changes)


def parsed(intake: Intake) -> Mail:
    """The mail that the parser made.

    Raises:
        ValueError: the parser has not run.
    """
    if intake.mail is None:
        raise ValueError("client-intake/reception/email-parser has to run first")
    return intake.mail


def understood(intake: Intake) -> Reading:
    """The reading that the urgency detector made.

    Raises:
        ValueError: it has not run.
    """
    if intake.reading is None:
        raise ValueError("client-intake/qualification/urgency-detector has to run first")
    return intake.reading
