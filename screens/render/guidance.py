"""What to do next, in one line: the key first, then what it does, or what is being waited for."""

from dataclasses import dataclass

from screens.line import Line, Role, join, run, said
from screens.look import Look
from screens.render.plan import failed_checks, plan_line
from screens.snapshot import Snapshot
from store.incident import Incident
from store.moves import Apply, Confirm, Deliver, Finish, Propose, Run, Wait


@dataclass(frozen=True, slots=True)
class Hint:
    """The next thing to do. `action` names its key, empty where there is only to wait."""

    text: str
    action: str = ""
    role: Role = ""


def hint(snapshot: Snapshot, look: Look) -> Hint:
    """Return what to do next."""
    words, incident = look.words, snapshot.incident
    if snapshot.position:
        return Hint(words("next.replay"), "play")
    if incident is None:
        return Hint(words("next.no_incident"))
    if snapshot.link.read_only:
        reason = words.among(f"read_only.{snapshot.link.read_only}", said(snapshot.link.read_only))
        return Hint(words("next.read_only", why=reason), role="warn")
    move = snapshot.move
    if isinstance(move, Wait):
        return _wanted(move, incident, look)
    return _under_way(move, incident, look)


def hint_line(snapshot: Snapshot, look: Look) -> Line:
    """Return the hint as it stands above the footer."""
    wanted = hint(snapshot, look)
    key = look.keys.label(wanted.action) if wanted.action else ""
    return join(
        run(f" {look.words('next.next')}  ", "dim"),
        run(f"{key}  " if key else "", "key"),
        run(wanted.text, wanted.role or ("strong" if key else "dim")),
    )


def _wanted(move: Wait, incident: Incident, look: Look) -> Hint:
    words, skill = look.words, move.step.step.skill if move.step else ""
    plan = incident.plan.plan if incident.plan else None
    if move.need == "retry" and move.step and move.step.error:
        title, _, advice = move.step.error
        return Hint(words("next.retry", step=skill, why=said(title), advice=said(advice)), "retry", "warn")
    if move.need in ("approval", "second_approval") and plan and failed_checks(plan):
        return Hint(words("next.checks_failed", check=said(failed_checks(plan)[0][1].name)), "approve", "bad")
    if move.need in ("approval", "second_approval") and plan:
        return Hint(words(f"next.{move.need}", plan=plan_line(plan, look)), "approve")
    secret = incident.secret
    values = {"name": said(secret.name) if secret else "", "account": said(secret.account) if secret else ""}
    actions = {"send": "mail", "publish": "postmortem", "decide": "palette", "replan": "replan", "unknown": "settle"}
    return Hint(words(f"next.{move.need}", **values), actions.get(move.need, "approve"))


def _under_way(move: object, incident: Incident, look: Look) -> Hint:
    words = look.words
    match move:
        case Finish():
            return Hint(words("next.finished" if incident.state == "closed" else "next.closing"), role="good")
        case Run(step) | Confirm(step, _) | Deliver(step, _):
            return Hint(words("next.running", step=said(step.step.skill)))
        case Propose():
            return Hint(words("next.planning"))
        case Apply(plan, index, _):
            title = said(plan.plan.changes[index].title or plan.plan.changes[index].kind)
            return Hint(words("next.applying", n=index + 1, of=len(plan.plan.changes), title=title))
        case _:
            return Hint(words("next.wait"))
