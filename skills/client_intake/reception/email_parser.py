"""client-intake/reception/email-parser: raw bytes become a mail."""

from skills.client_intake.qualification.language import language_of
from skills.client_intake.reception.mail import parse_mail
from skills.client_intake.steps import line, stepped
from skills.contract import Intake, skill

PATH = "client-intake/reception/email-parser"


@skill(PATH)
def email_parser(intake: Intake) -> Intake:
    """Parse the mail; any bytes give one."""
    mail = parse_mail(intake.raw)
    language = language_of(f"{mail.subject} {mail.text}", domain=mail.sender.email)
    key = "parsed_automatic" if mail.automatic else "parsed"
    subject = mail.subject or line(language, "no_subject")
    said = line(language, key, subject=subject, sender=mail.sender.email, kind=mail.automatic)
    facts = {"defects": list(mail.defects), "attachments": len(mail.attachments), "automatic": mail.automatic}
    return stepped(intake, PATH, said, facts, mail=mail)
