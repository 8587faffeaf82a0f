"""What this client has had before is said with the cause, and what mended it."""

from dataclasses import replace
from datetime import timedelta

from skills.backend_developer.api.error_handler import remembered
from store.incident import Incident
from store.summary import summarise
from tests.support.contexts import Remembered, make_context
from tests.support.scenario import scenario_incident

INCIDENT = scenario_incident()


def remembering(*days_ago: int) -> Remembered:
    def past(days: int) -> Incident:
        return replace(INCIDENT, id=f"INC-{days}", opened_at=INCIDENT.opened_at - timedelta(days=days))

    return Remembered(past=tuple(summarise(past(days), 0) for days in days_ago))


def test_earlier_incidents_of_the_cause_are_named_newest_first_with_what_mended_them() -> None:
    assert INCIDENT.cause is not None
    cause = remembered(make_context(INCIDENT, archive=remembering(40, 3, 12)), INCIDENT.cause)
    assert cause.seen_before == ("INC-3", "INC-12", "INC-40")
    assert cause.mended_by["fr"]


def test_a_first_time_is_a_first_time() -> None:
    assert INCIDENT.cause is not None
    cause = remembered(make_context(INCIDENT), INCIDENT.cause)
    assert (cause.seen_before, cause.mended_by) == ((), {})
