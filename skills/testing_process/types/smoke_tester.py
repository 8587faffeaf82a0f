"""testing-process/types/smoke-tester: a payment through the shop's own endpoint proves the fix, or disproves it."""

from skills.clients.web import Answer, NoAnswer
from skills.contract import Context, Result, SkillError, skill
from skills.site import SmokeTest
from skills.wording import say
from store.events import VerificationFailed, VerificationPassed
from store.safe_text import redact
from store.values import Json

_SHOWN = 300


@skill("testing-process/types/smoke-tester")
async def pay(context: Context) -> Result:
    """Make the payment that was agreed with the client.

    A payment that is refused is a finding, and the incident stays open; one that can't be asked is none.

    Raises:
        SkillError: no smoke test is configured, or the endpoint does not answer.
    """
    language, test = context.incident.language, context.site.smoke_test
    if test is None:
        raise SkillError(say(language, "smoke.unconfigured", client=context.site.name), hint="[clients.smoke_test]")
    try:
        answer = await context.web.ask(test.method, test.url, headers={"Idempotency-Key": _once(context)})
    except NoAnswer as silent:
        raise SkillError(silent.title, silent.detail, say(language, "retry")) from silent
    facts: Json = {
        "url": test.url,
        "method": test.method,
        "status": answer.status,
        "seconds": round(answer.seconds, 3),
        "answer": redact(answer.body)[:_SHOWN],
    }
    if _passed(test, answer):
        line = say(language, "smoke.passed", status=answer.status)
        return Result(line=line, facts=facts, events=(VerificationPassed(line=line, facts=facts),))
    line = say(language, "smoke.failed", status=answer.status, said=redact(_told(answer)))
    return Result(line=line, facts=facts, events=(VerificationFailed(line=line, facts=facts),), failed=True)


def _passed(test: SmokeTest, answer: Answer) -> bool:
    """Whether the answer is the agreed one: its status, and each agreed field."""
    fields = answer.json or {}
    return answer.status == test.expect_status and all(
        fields.get(key) == value for key, value in test.expect_json.items()
    )


def _told(answer: Answer) -> str:
    """Return what the shop says of its own failure, in one short line."""
    fields = answer.json or {}
    told = fields.get("error") or fields.get("message") or answer.body
    return " ".join(str(told).split())[:120]


def _once(context: Context) -> str:
    """Return a key by which a shop that knows idempotency makes one attempt's payment once, however often asked."""
    step = context.incident.step(context.step)
    return f"astreinte-{context.incident.id}-{step.attempt if step else 1}"
