"""Other ways in which the scenario's incident could have gone."""

from datetime import timedelta

from store import events as e
from store.fold import fold
from store.incident import Incident
from store.values import Outcome
from tests.support import scenario as told
from tests.support import scenario_parts as part


def incident_of(*moments: told.Moment) -> Incident:
    """Return the incident that these moments tell."""
    incident = fold(told.play(moments))
    assert incident is not None
    return incident


def ready_to_answer() -> Incident:
    """Return the incident at the moment in which the mail is drafted."""
    return told.scenario_incident(part.REPORTED + timedelta(minutes=45.3))


def ready_to_document() -> Incident:
    """Return the incident at the moment in which the post-mortem is drafted."""
    return told.scenario_incident(part.REPORTED + timedelta(minutes=49.3))


def closed_without_a_fix() -> Incident:
    """Return an incident in which nothing was wrong."""
    return incident_of(
        (0.05, told.opened()),
        *told.triage(),
        (0.25, e.PhaseEntered(phase="diagnosis")),
        (12, e.CauseNamed(causes=())),
        (12, e.PhaseCompleted(phase="diagnosis")),
        (12, e.PhaseEntered(phase="resolution")),
        (20, e.NoteAdded(text="rien à corriger", by=told.ENGINEER)),
        (20, e.SkillSkipped(step=part.SECRET_STEP, why="no_fix")),
        (20, e.IncidentResolved(how="no_fix")),
        (20.1, e.PhaseEntered(phase="communication")),
        (20.2, e.SkillStarted(step="communication/email-annonce")),
    )


def breached(minutes_late: float = 30) -> Incident:
    """Return the incident as it were, had the payment been proved that much after the deadline."""
    proved = 150 + minutes_late
    return incident_of(
        (0.05, told.opened()),
        *told.triage(),
        *told.diagnosis(),
        (proved, e.VerificationPassed(line="Test paiement OK")),
        (proved, e.SkillFinished(step="resolution/smoke-tester", outcome=Outcome(line="Test paiement OK"))),
        (proved, e.IncidentResolved()),
    )


def taken_back() -> Incident:
    """Return the incident, had the plan been applied and then taken back."""
    plan = part.PLAN
    inverse = plan.model_copy(update={"id": f"{part.INCIDENT}-2", "inverts": plan.digest, "changes": plan.changes[:1]})
    first, second = plan.digest, inverse.digest
    return incident_of(
        (0.05, told.opened()),
        *told.diagnosis(),
        (18, e.PlanProposed(plan=plan, digest=first)),
        (25, e.PlanApproved(digest=first, by=told.ENGINEER)),
        *((26 + n, e.ChangeApplied(plan=first, index=n, change=c.digest)) for n, c in enumerate(plan.changes)),
        (30, e.VerificationFailed(line="500")),
        (31, e.PlanProposed(plan=inverse, digest=second)),
        (32, e.PlanApproved(digest=second, by="max")),
        (33, e.ChangeApplied(plan=second, index=0, change=inverse.changes[0].digest)),
    )
