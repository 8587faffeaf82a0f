"""client-intake/qualification/urgency-detector: how urgent the facts are, with the words that say so."""

from skills.client_intake.qualification.reading import read_mail
from skills.client_intake.steps import line, parsed, stepped
from skills.contract import Intake, skill

PATH = "client-intake/qualification/urgency-detector"


@skill(PATH)
def urgency_detector(intake: Intake) -> Intake:
    """Read the mail; the outcome names priority and impacts."""
    reading = read_mail(parsed(intake), intake.clients)
    words = [f"« {reason.words} »" for reason in reading.reasons if reason.decides == "priority"][:2]
    key = "urgency" if words else "urgency_plain"
    said = line(reading.language, key, priority=reading.priority, words=" ".join(words))
    facts = {"priority": str(reading.priority), "impact": [str(impact) for impact in reading.impact]}
    return stepped(intake, PATH, said, facts, reading=reading)
