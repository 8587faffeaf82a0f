"""project-management/pilotage/alertes-projet: drafts the post-mortem. A person publishes it."""

from skills.contract import Context, Result, skill
from skills.project_management.pilotage.postmortem import draft_postmortem
from skills.prose.knowledge import words
from skills.prose.prevention import corrective_actions
from store.events import PostmortemDrafted


@skill("project-management/pilotage/alertes-projet")
async def document_incident(context: Context) -> Result:
    """Draft the post-mortem from the log, with the actions that it calls for."""
    incident = context.incident
    actions = corrective_actions(incident)
    drafted = PostmortemDrafted(text=draft_postmortem(incident), actions=actions)
    facts = {"actions": len(actions), "done": sum(action.done for action in actions)}
    return Result(line=words(incident.language)["documented"], facts=facts, events=(drafted,))
