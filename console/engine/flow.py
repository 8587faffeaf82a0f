"""The flow of an incident as data, and what comes next in it: pure."""

from store.values import Flow, Phase, Step, StepMode

_AUTO: StepMode = "auto"


def _phase(name: str, minutes: int, share: float, *steps: tuple[str, StepMode]) -> Phase:
    made = tuple(Step(key=f"{name}/{path.rpartition('/')[2]}", skill=path, mode=mode) for path, mode in steps)
    return Phase(name=name, budget_seconds=minutes * 60, target_share=share, steps=made)


DEFAULT_FLOW = Flow(
    phases=(
        _phase(
            "triage",
            15,
            1.0,
            ("client-intake/reception/email-parser", _AUTO),
            ("client-intake/qualification/urgency-detector", _AUTO),
            ("client-intake/qualification/intent-classifier", _AUTO),
            ("client-intake/routing/skill-router", _AUTO),
            ("task-orchestrator/queue/priority-manager", _AUTO),
            ("task-orchestrator/state-machine/task-creator", _AUTO),
            ("task-orchestrator/execution/task-dispatcher", _AUTO),
        ),
        _phase(
            "diagnosis",
            30,
            0.8,
            ("devops/monitoring/log-analyzer", _AUTO),
            ("devops/monitoring/alert-manager", _AUTO),
            ("devops/containers/health-checker", _AUTO),
            ("backend-developer/api/error-handler", _AUTO),
        ),
        _phase(
            "resolution",
            30,
            0.6,
            ("devops/secrets/secret-manager", "approval"),
            ("devops/containers/deployment-manager", "approval"),
            ("devops/monitoring/health-checker", _AUTO),
            ("testing-process/types/smoke-tester", _AUTO),
        ),
        _phase(
            "communication",
            15,
            0.9,
            ("project-management/communication/email-annonce", "manual"),
            ("project-management/pilotage/reporting", _AUTO),
            ("support-client/ticketing/ticket-closer", _AUTO),
        ),
        _phase(
            "postmortem",
            120,
            0.5,
            ("devops/monitoring/alert-manager", _AUTO),
            ("project-management/pilotage/alertes-projet", "manual"),
        ),
    )
)
