"""project-management/communication/email-annonce: drafts the answer to the client. A person sends it."""

import hashlib

from skills.client_intake.reception.mail import is_conversation
from skills.contract import Context, Result, SkillError, skill
from skills.prose.account import actions_done, applied_changes, audit_note, recovered_at, resolution_time
from skills.prose.foreign import one_line
from skills.prose.knowledge import render, words
from skills.prose.naming import first_name, reporter
from skills.prose.prevention import cause_sentence, prevention_sentence
from skills.site import Agency, Site
from store.events import MailDrafted
from store.incident import Incident
from store.values import Address, Draft


@skill("project-management/communication/email-annonce")
async def draft_answer(context: Context) -> Result:
    """Draft the answer to whoever reported the incident.

    Raises:
        SkillError: nobody is known to whom it could go.
    """
    draft = answer(context.incident, context.site, context.agency)
    to = ", ".join(address.email for address in draft.to)
    line = words(context.incident.language)["drafted"].format(to=to)
    return Result(line=line, facts={"message_id": draft.message_id}, events=(MailDrafted(draft=draft),))


def answer(incident: Incident, site: Site, agency: Agency) -> Draft:
    """Return the answer as the log fills it in; the same log gives the same Message-ID.

    Raises:
        SkillError: nobody is known to whom it could go.
    """
    mail = incident.mail
    domain = agency.from_address.rpartition("@")[2]
    thread = dict.fromkeys(each for each in (*mail.references, mail.message_id) if each and not is_conversation(each))
    return Draft(
        message_id=f"<{incident.id.lower()}.{_mark(incident.report)}.answer@{domain}>",
        sender=Address(email=agency.from_address, name=agency.name),
        to=_recipients(incident, site),
        subject=_subject(incident),
        body=_body(incident, site, agency),
        in_reply_to=mail.message_id,
        references=tuple(thread),
    )


def _mark(report: str) -> str:
    """Return what tells equally numbered incidents of two stores apart."""
    return hashlib.sha256(report.encode()).hexdigest()[:8]


def _recipients(incident: Incident, site: Site) -> tuple[Address, ...]:
    """Return the reporter, or the client's contacts where a machine reported."""
    author = reporter(incident.mail)
    if author.email and not incident.mail.automatic:
        return (author,)
    if site.contacts:
        return site.contacts
    raise SkillError(
        "Nobody is known whom the answer could go to",
        f"{incident.client}: the report came from {incident.mail.automatic or 'nobody'}, and no contact is configured",
        "add contacts to the client's configuration, then retry",
    )


def _state(incident: Incident) -> str:
    if recovered_at(incident):
        return "verified"
    return "unverified" if applied_changes(incident) else "no_fix"


def _subject(incident: Incident) -> str:
    marks = {"verified": "resolved_mark", "unverified": "unverified_mark", "no_fix": "no_fix_mark"}
    subject = one_line(incident.mail.subject) or one_line(incident.title)
    answered = subject if subject[:3].lower() == "re:" else f"RE: {subject}"
    return f"{answered} {words(incident.language)[marks[_state(incident)]]}"


def _body(incident: Incident, site: Site, agency: Agency) -> str:
    return render(
        f"answer.{incident.language}.txt.j2",
        name=first_name(incident.mail, site.contacts),
        opening=words(incident.language)[f"opening_{_state(incident)}"],
        cause=cause_sentence(incident),
        actions=actions_done(incident),
        time=resolution_time(incident),
        prevention=prevention_sentence(incident),
        agency=agency.name,
        audit=audit_note(incident, short=True),
    )
