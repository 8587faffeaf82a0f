"""Applies approved changes: the only caller of a client's writing methods.

Just before each change it is built again from its stored parameters against the live object. Only if
that change's digest is the approved one does the request leave, with the resourceVersion just read as
precondition. `change.started` is on disk before.
"""

from console.engine.case import Case
from skills.clients.cluster import Conflict, NotFound, Refused
from skills.contract import Context, Failure, Unavailable
from skills.devops.changes import live_state, materialise
from skills.registry import find_builder
from store.events import ChangeApplied, ChangeFailed, ChangeStarted, IncidentEvent, PlanRejected
from store.incident import PlanView
from store.moves import Apply
from store.plan import Change, Plan

_LEASE = "astreinte"
_LEASE_SECONDS = 60
_ATTEMPTS = 10
"""Status updates of a rollout raise the resourceVersion too; each attempt compares the digest again."""


async def apply_change(case: Case, context: Context, move: Apply, *, actor: str) -> None:
    """Apply one change of an approved plan, or say why not. Nothing is applied twice.

    Raises:
        Failure: the world could not be asked; nothing was begun, and the move can be tried again.
    """
    change = move.plan.plan.changes[move.index]
    lease = await context.cluster.acquire(change.target.namespace, _LEASE, actor, _LEASE_SECONDS)
    if not lease.held:
        raise Unavailable(
            f"{lease.holder} is changing {change.target.namespace}",
            f"the Lease {change.target.namespace}/{lease.name} is held",
            "wait until they have finished, then retry",
        )
    try:
        if move.started and (found := await _look_up(context, move, change)):
            await case.record(found, actor=actor)
        else:
            await _apply(case, context, move, change, actor)
    finally:
        await context.cluster.release(change.target.namespace, _LEASE, actor)


async def _look_up(context: Context, move: Apply, change: Change) -> IncidentEvent | None:
    """Ask the world what became of a change that was started by a process that died."""
    state = await live_state(context, change)
    where = {"plan": move.plan.digest, "index": move.index, "change": change.digest}
    if state.state == "done":
        return ChangeApplied(**where, version=state.version, found=True)
    if state.state == "drifted":
        return ChangeFailed(**where, reason="drifted", detail=state.detail, unknown=True)
    return None


async def _apply(case: Case, context: Context, move: Apply, change: Change, actor: str) -> None:
    where = {"plan": move.plan.digest, "index": move.index, "change": change.digest}
    for _ in range(_ATTEMPTS):
        state = await live_state(context, change)  # first: what changes after this read is refused by the server
        rebuilt = await find_builder(change.kind)(context, change.parameters)
        if rebuilt.digest != change.digest:
            await case.record(_drift(move.plan, change, rebuilt), actor=actor)
            return
        await case.record(ChangeStarted(**where), actor=actor)
        try:
            patch = materialise(change, context.vault)
            live = await context.cluster.patch(change.target, patch, change.patch_type, version=state.version)
        except Conflict:
            continue
        except (Refused, NotFound) as refusal:
            await case.record(ChangeFailed(**where, reason=refusal.title, detail=refusal.detail), actor=actor)
            return
        version = live.get("metadata", {}).get("resourceVersion", "")
        await case.record(ChangeApplied(**where, version=version), actor=actor)
        return
    await case.record(ChangeFailed(**where, reason="conflict", detail=str(change.target)), actor=actor)


def _drift(view: PlanView, approved: Change, rebuilt: Change) -> IncidentEvent:
    """Say what is no longer as it was approved."""
    fields = ("uid", "version", "before", "patch", "expected")
    differing = [name for name in fields if getattr(approved, name) != getattr(rebuilt, name)]
    return PlanRejected(
        digest=view.digest, by="drift", why=f"{approved.target}: {', '.join(differing) or 'target'} changed since"
    )


async def propose_plan(context: Context, remedy: str, changes: tuple[Change, ...], inverts: str = "") -> Plan:
    """Return the changes as one plan, with as many approvals needed as the contract asks."""
    needed = 2 if context.site.contract.four_eyes else 1
    return Plan(
        id=f"{context.incident.id}-{len(context.incident.plans) + 1}",
        remedy=remedy,
        changes=changes,
        inverts=inverts,
        approvals_needed=needed,
    )


async def inverse_changes(context: Context, view: PlanView) -> tuple[Change, ...]:
    """Build the changes that take a plan back, last first.

    Raises:
        Failure: a change has no inverse.
    """
    built = []
    for change in reversed(view.plan.changes):
        if change.inverse is None:
            continue
        kind, parameters = change.inverse["kind"], change.inverse["parameters"]
        built.append(await find_builder(kind)(context, parameters))
    if not built:
        raise Failure("No change of this plan can be taken back", view.plan.changes[0].inverse_note)
    return tuple(built)
