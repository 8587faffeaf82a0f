"""client-intake/qualification/intent-classifier: what the mail asks for, and whose it is."""

from skills.client_intake.steps import line, stepped, understood
from skills.contract import Intake, skill

PATH = "client-intake/qualification/intent-classifier"


@skill(PATH)
def intent_classifier(intake: Intake) -> Intake:
    """Name type, client and language of the reading."""
    reading = understood(intake)
    said = line(reading.language, "intent", kind=reading.type, client=reading.client)
    facts = {
        "type": str(reading.type),
        "client": reading.client,
        "language": reading.language,
        "broken": reading.broken,
    }
    return stepped(intake, PATH, said, facts)
