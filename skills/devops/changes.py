"""How a change is built, from a patch and the live object; and how the world tells later whether it was made."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import SecretStr

from skills.clients.cluster import NotFound
from skills.contract import Context, Failure, Needed, SkillError, Vault
from skills.devops.fields import covered, unified
from skills.devops.masking import encoded, masked, unmasked
from skills.wording import say
from store.plan import Blast, Change, Check, ObjectRef, PatchType, Risk, essence, version_of
from store.values import Json

STRIPE_KEY = "stripe_key"
"""The vault's name of the new Stripe key."""
_MAY_I, _DRY_RUN = "may_i", "dry_run"


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be changed and what an approver has to know beyond what the server says."""

    kind: str
    parameters: Json
    target: ObjectRef
    patch: Json
    """Secret values as `{"hmac": …}`."""
    title: str
    command: str
    patch_type: PatchType = "strategic"
    risk: Risk = "low"
    blast: Blast = field(default_factory=Blast)
    inverse: Json | None = None
    inverse_note: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class LiveState:
    """What the world shows of a change; `version` is the resourceVersion that it was read at."""

    state: Literal["done", "not_done", "drifted"]
    version: str = ""
    detail: str = ""


async def build_change(context: Context, edit: Edit, live: Json | None = None) -> Change:
    """Return the change with the server's own word on it: may we, would it, what differs.

    Raises:
        SkillError: a secret stands in the parameters, which are kept.
        Failure: the object can't be read.
    """
    if masked(edit.parameters, context.vault) != edit.parameters:
        raise SkillError(say(context.incident.language, "change.secret"), str(edit.target))
    live = live or await context.cluster.get(edit.target)
    edit = replace(edit, patch=edit.patch if edit.target.kind == "Secret" else masked(edit.patch, context.vault))
    permission, (expected, trial) = await asyncio.gather(_permission(context, edit), _dry_run(context, edit))
    before = essence(masked(live, context.vault))
    return Change(
        kind=edit.kind,
        step=context.step,
        parameters=edit.parameters,
        target=edit.target,
        uid=str(live.get("metadata", {}).get("uid", "")),
        version=version_of(live),
        before=covered(before, edit.patch),
        patch=edit.patch,
        patch_type=edit.patch_type,
        expected=expected,
        diff=unified(before, expected) if expected else (),
        command=edit.command,
        risk=edit.risk,
        blast=edit.blast,
        inverse=edit.inverse,
        inverse_note=edit.inverse_note,
        checks=(permission, trial),
        title=edit.title,
        seconds=edit.seconds,
    )


async def _permission(context: Context, edit: Edit) -> Check:
    try:
        allowed, reason = await context.cluster.may("patch", edit.target)
    except Failure as failure:
        return Check(name=_MAY_I, passed=False, detail=failure.detail or failure.title)
    return Check(name=_MAY_I, passed=allowed, detail=reason)


async def _dry_run(context: Context, edit: Edit) -> tuple[Json, Check]:
    """Ask the server what it would make of the patch; nothing is changed.

    Without a precondition, for a status update is no drift; a real one gives another result, and so another digest.
    """
    try:
        patch = _filled_in(edit.patch, edit.parameters, context.vault)
        made = await context.cluster.patch(edit.target, patch, edit.patch_type, dry_run=True)
    except Failure as failure:
        return {}, Check(name=_DRY_RUN, passed=False, detail=failure.detail or failure.title)
    return essence(masked(made, context.vault)), Check(name=_DRY_RUN, passed=True)


def materialise(change: Change, vault: Vault) -> Json:
    """Return the patch as it is sent: with the secret values that its placeholders stand for.

    Raises:
        Needed: the secret is not, or no longer, in memory, or is another one.
    """
    return _filled_in(change.patch, change.parameters, vault)


def _filled_in(patch: Json, parameters: Json, vault: Vault) -> Json:
    name = str(parameters.get("secret", ""))

    def reveal(fingerprint: str) -> str:
        value: SecretStr | None = vault.reveal(name) if name else None
        if value is None or vault.fingerprint(value.get_secret_value()) != fingerprint:
            raise Needed(name, f"The approved {name or 'value'} is not in memory")
        return encoded(value.get_secret_value())

    filled: Json = unmasked(patch, reveal)
    return filled


async def live_state(context: Context, change: Change) -> LiveState:
    """Say from the live object whether the change's fields hold; a secret by its fingerprint.

    Raises:
        Unavailable: the world can't be looked at.
    """
    try:
        live = await context.cluster.get(change.target)
    except NotFound as gone:
        return LiveState("drifted", detail=gone.detail or gone.title)
    metadata = live.get("metadata", {})
    version = str(metadata.get("resourceVersion", ""))
    if metadata.get("uid") != change.uid:
        return LiveState("drifted", version, f"{change.target}: another object of that name")
    found = covered(essence(masked(live, context.vault)), change.patch)
    if found == covered(change.expected, change.patch):
        return LiveState("done", version)
    if found == change.before:
        return LiveState("not_done", version)
    return LiveState("drifted", version, f"{change.target}: neither as it was nor as it was to be")
