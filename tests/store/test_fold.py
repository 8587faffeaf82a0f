"""The fold: pure, total, linear."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.engine.flow import DEFAULT_FLOW
from store import events as e
from store.fold import Fold, fold
from store.values import Address, Mail, Outcome, Priority, Reading, RequestType

START = datetime(2025, 1, 9, 10, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    seq: int
    at: datetime
    event: e.Event
    hash: str = "00"


def opened() -> e.IncidentOpened:
    return e.IncidentOpened(
        incident="INC-2025-0109-1",
        report="r-1",
        client="client-existant.fr",
        title="[ACME] [/checkout] broken",
        priority=Priority.P1,
        request=RequestType.HOTFIX,
        impact=(),
        language="fr",
        time_zone="Europe/Paris",
        mail=Mail(message_id="<1@client>", sender=Address(email="dsi@client-existant.fr")),
        reading=Reading(priority=Priority.P1, type=RequestType.HOTFIX),
        reported_at=START,
        onset_at=START - timedelta(minutes=90),
        deadline=START + timedelta(minutes=150),
        sla_seconds=4 * 3600,
        flow=DEFAULT_FLOW,
    )


def written(*events: e.Event) -> list[Written]:
    return [Written(n, START + timedelta(seconds=n), event) for n, event in enumerate(events, 1)]


KEYS = [step.key for phase in DEFAULT_FLOW.phases for step in phase.steps]
PHASES = [phase.name for phase in DEFAULT_FLOW.phases]
ANY_EVENT = st.one_of(
    st.builds(e.PhaseEntered, phase=st.sampled_from([*PHASES, "unheard-of"])),
    st.builds(e.PhaseCompleted, phase=st.sampled_from([*PHASES, "unheard-of"])),
    st.builds(e.SkillStarted, step=st.sampled_from([*KEYS, "unheard/of"])),
    st.builds(e.SkillFinished, step=st.sampled_from([*KEYS, "unheard/of"]), outcome=st.just(Outcome(line="ok"))),
    st.builds(e.SkillFailed, step=st.sampled_from([*KEYS, "unheard/of"]), title=st.text()),
    st.builds(e.ChangeStarted, plan=st.text(), index=st.integers(-2, 3), change=st.text()),
    st.builds(e.ChangeApplied, plan=st.text(), index=st.integers(-2, 3), change=st.text()),
    st.builds(e.SecretRefused, name=st.text(), reason=st.text()),
    st.builds(e.MailApproved, message_id=st.text(), digest=st.text(), by=st.text()),
    st.builds(e.PostmortemPublished, path=st.text(), sha256=st.text(), by=st.text()),
    st.builds(e.IncidentReopened, why=st.text()),
    st.builds(e.Unknown, type=st.text()),
)


@given(st.lists(ANY_EVENT, max_size=30))
def test_no_sequence_of_events_makes_the_fold_raise(events: list[e.Event]) -> None:
    incident = fold(written(opened(), *events))
    assert incident is not None
    assert incident.seq == len(events) + 1


@given(st.lists(ANY_EVENT, max_size=20))
def test_reading_one_by_one_is_reading_at_once(events: list[e.Event]) -> None:
    records = written(opened(), *events)
    folding = Fold()
    for record in records:
        folding.add(record)
        assert folding.incident is not None
    assert folding.incident == fold(records)


def test_nothing_is_an_incident_before_it_was_opened() -> None:
    assert fold(written(e.PhaseEntered(phase="triage"))) is None


def test_the_automatic_share_counts_the_steps_that_needed_no_key() -> None:
    keys = [step.key for step in DEFAULT_FLOW.phases[1].steps]
    done = [e.SkillFinished(step=key, outcome=Outcome(line="ok")) for key in keys]
    incident = fold(written(opened(), e.StepRetried(step=keys[0], by="ali"), *done))
    assert incident is not None
    assert incident.phases[1].automatic_share == 0.75


def test_the_durations_follow_the_houses_definitions() -> None:
    cause = e.CauseNamed(causes=())
    passed = e.VerificationPassed(line="ok")
    incident = fold(written(opened(), cause, passed))
    assert incident is not None
    assert incident.metrics.detection == 90 * 60
    assert incident.metrics.diagnosis == 2
    assert incident.metrics.resolution == 3
    assert incident.metrics.total == 90 * 60 + 3
