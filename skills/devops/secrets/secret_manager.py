"""devops/secrets/secret-manager: asks for the new key, tries it, and proposes the Secret's patch.

The key itself is in the vault alone; what is proposed and journaled knows its keyed fingerprint.
"""

from collections.abc import Sequence
from contextlib import suppress

from pydantic import SecretStr

from skills.clients.payments import KeyProbe
from skills.contract import Context, Failure, Needed, Result, SkillError, Unavailable, builder, confirms, skill, tries
from skills.devops.changes import STRIPE_KEY, Edit, build_change
from skills.devops.containers.workloads import users_of
from skills.devops.masking import decoded
from skills.devops.secrets.key_trial import judge_probe, judge_text
from skills.site import StripeSite
from skills.wording import say
from store.events import SecretAccepted, SecretRefused
from store.plan import Blast, Change
from store.values import Json

_PATH = "devops/secrets/secret-manager"
_SET = f"{_PATH}:set"
_SECONDS = 5


@skill(_PATH)
async def propose_rotation(context: Context) -> Result:
    """Propose the new key's way into the cluster's Secret; ask for the key first where there is none.

    Raises:
        Needed: no accepted key is in memory.
        Failure: the Secret can't be read.
    """
    language = context.incident.language
    accepted, value = context.incident.secret, context.vault.reveal(STRIPE_KEY)
    if accepted is None or not accepted.hmac or value is None:
        raise Needed(STRIPE_KEY, say(language, "secret.needed"), say(language, "secret.where", **_where(context)))
    parameters = {**_where(context), "secret": STRIPE_KEY, "hmac": context.vault.fingerprint(value.get_secret_value())}
    change = await build_set(context, parameters)
    return Result(line=say(language, "secret.proposed", **_where(context)), changes=(change,))


@builder(_SET)
async def build_set(context: Context, parameters: Json) -> Change:
    """Build the patch of one key of the Secret. Parameters: `name`, `key`, `secret` (in the vault), `hmac`.

    Raises:
        Needed: the key is no longer in memory, so the server could not be asked about it.
        Failure: the Secret can't be read.
    """
    language, name, key = context.incident.language, parameters["name"], parameters["key"]
    value = context.vault.reveal(parameters["secret"])
    if value is None or context.vault.fingerprint(value.get_secret_value()) != parameters["hmac"]:
        raise Needed(parameters["secret"], say(language, "secret.needed"), say(language, "secret.lost"))
    target = context.site.secret_ref.model_copy(update={"name": name})
    live = await context.cluster.get(target)
    edit = Edit(
        kind=_SET,
        parameters=parameters,
        target=target,
        patch={"data": {key: {"hmac": parameters["hmac"]}}},
        title=say(language, "secret.title", name=name, key=key),
        command=_command(target.namespace, name, key, alone=set(live.get("data") or {}) <= {key}),
        blast=Blast(others=await _others(context, name)),
        inverse_note=say(language, "secret.no_inverse"),
        seconds=_SECONDS,
    )
    return await build_change(context, edit, live)


@tries(_PATH)
async def try_key(context: Context, offered: SecretStr) -> SecretAccepted | SecretRefused:
    """Try an offered key: its form, whether it is the old one, then what Stripe says to it.

    Raises:
        Unavailable: Stripe can't be asked now, which says nothing of the key.
    """
    stripe = _stripe_site(context)
    value = offered.get_secret_value()
    fingerprint = context.vault.fingerprint(value)
    approved = _approved_fingerprints(context)
    refusal = judge_text(value, stripe)
    if refusal is None and approved and fingerprint not in approved:
        refusal = ("other_secret", "")
    if refusal is None and not approved and fingerprint == await _current_fingerprint(context):
        refusal = ("same", "")
    account, livemode, known = "", stripe.livemode, False
    if refusal is None:
        probe = await context.payments.probe(offered, stripe.base_address)
        expected = _known_account(context)
        refusal = judge_probe(probe, stripe, expected)
        account, livemode = probe.account, bool(probe.livemode)
        known = bool(expected and account)
    if refusal is not None:
        reason, detail = refusal
        return SecretRefused(name=STRIPE_KEY, reason=reason, detail=detail)
    return SecretAccepted(name=STRIPE_KEY, hmac=fingerprint, account=account, livemode=livemode, account_known=known)


@confirms(_PATH)
async def confirm_rotation(context: Context, changes: Sequence[Change]) -> Result:
    """Look whether the Secret holds the approved key, and ask Stripe once more with what lies there."""
    language, stripe = context.incident.language, _stripe_site(context)
    change = changes[0]
    name, key = change.parameters["name"], change.parameters["key"]
    live = await context.cluster.get(change.target)
    held = decoded((live.get("data") or {}).get(key, ""))
    if context.vault.fingerprint(held) != change.parameters["hmac"]:
        raise SkillError(say(language, "secret.not_held", name=name, key=key), hint=say(language, "retry"))
    probe: KeyProbe = await context.payments.probe(SecretStr(held), stripe.base_address)
    if not probe.accepted:
        raise SkillError(say(language, "secret.not_accepted", status=probe.status, code=probe.code), probe.message)
    return Result(
        line=say(language, "secret.rotated", name=name),
        facts={"secret": name, "key": key, "account": probe.account, "livemode": probe.livemode},
    )


def _where(context: Context) -> Json:
    return {"name": context.site.secret.name, "key": context.site.secret.key}


def _stripe_site(context: Context) -> StripeSite:
    if context.site.stripe is None:
        raise SkillError(
            say(context.incident.language, "stripe.unconfigured", client=context.site.name), hint="[clients.stripe]"
        )
    return context.site.stripe


def _approved_fingerprints(context: Context) -> frozenset[str]:
    """Return what an approved plan names: such a key may only be replaced in memory by itself.

    It may lie in the Secret already: its console died before it could note that the change was made.
    """
    view = context.incident.plan
    if view is None or view.state not in ("approved", "failed"):
        return frozenset()
    return frozenset(str(change.parameters["hmac"]) for change in view.plan.changes if change.kind == _SET)


async def _current_fingerprint(context: Context) -> str:
    """Return the fingerprint of the key that the Secret holds now; empty where it can't be read."""
    with suppress(Failure):
        live = await context.cluster.get(context.site.secret_ref)
        if data := (live.get("data") or {}).get(context.site.secret.key):
            return context.vault.fingerprint(decoded(data))
    return ""


def _known_account(context: Context) -> str:
    """Return the client's account: as configured, else as a good probe of this incident told it."""
    if context.site.stripe and context.site.stripe.account:
        return context.site.stripe.account
    probes = (item for item in reversed(context.incident.evidence) if item.kind == "stripe.probe")
    return next((str(item.facts["account"]) for item in probes if item.facts.get("account")), "")


async def _others(context: Context, secret: str) -> tuple[str, ...]:
    """Return who else uses the Secret; what can't be looked at is said, for an approver has to know."""
    ours = {f"deployment/{name}" for name in context.site.workloads}
    try:
        return tuple(user for user in await users_of(context, secret) if user not in ours)
    except Unavailable as blind:
        return (f"? ({blind.title})",)


def _command(namespace: str, name: str, key: str, *, alone: bool) -> str:
    """Return the kubectl equivalent, with the key in a variable of the shell."""
    if alone:
        return (
            f'kubectl -n {namespace} create secret generic {name} --from-literal={key}="$NEW_KEY" '
            "--dry-run=client -o yaml | kubectl apply -f -"
        )
    patch = f'{{\\"stringData\\":{{\\"{key}\\":\\"$NEW_KEY\\"}}}}'
    return f'kubectl -n {namespace} patch secret {name} -p "{patch}"'
