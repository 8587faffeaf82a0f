"""client-intake/routing/skill-router: which skill takes the mail over."""

from skills.client_intake.knowledge import table
from skills.client_intake.steps import line, stepped, understood
from skills.contract import Intake, skill

PATH = "client-intake/routing/skill-router"


@skill(PATH)
def skill_router(intake: Intake) -> Intake:
    """Route by type; what asks for nothing opens nothing."""
    reading = understood(intake)
    route: str = table("lines")["routes"][reading.type]
    said = line(reading.language, "route" if route else "route_none", route=route)
    return stepped(intake, PATH, said, {"route": route}, route=route)
