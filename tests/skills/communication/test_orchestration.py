"""Queue, ticket, dispatch and the team's alert."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from console.drill.serving import serve
from skills.clients.web import HttpWeb
from skills.contract import Alert, SkillError, Unavailable
from skills.project_management.communication.dispatch import send_alert
from skills.site import Agency
from skills.support_client.ticketing.ticket_closer import close_ticket
from skills.task_orchestrator.execution.task_dispatcher import alert_text, dispatch_task, teams_for
from skills.task_orchestrator.queue.priority_manager import insert_in_queue, place_of
from skills.task_orchestrator.state_machine.task_creator import create_task
from store.events import TeamsAssigned, TicketClosed, TicketOpened
from store.incident import Incident
from store.values import Impact, Priority, RequestType
from tests.support import scenario as told
from tests.support import scenario_parts as part
from tests.support import stories
from tests.support.contexts import Remembered, make_context

P1, P2, P4 = Priority.P1, Priority.P2, Priority.P4
DUE = part.ONSET + timedelta(hours=4)
SCENARIOS_ALERT = """\
🚨 ALERTE P1 - Paiements bloqués
Client: client-existant.fr
Impact: Production / Revenue
SLA: 4h (Deadline: 14h00)
Assigné: Équipe DevOps + Backend"""


@dataclass(frozen=True)
class Other:
    priority: Priority
    deadline: datetime
    incident: str = "INC-other"


def opened() -> Incident:
    return stories.incident_of((0.05, told.opened()))


@pytest.mark.parametrize(
    ("others", "place"),
    [
        ([], 1),
        ([Other(P2, DUE - timedelta(hours=3)), Other(P4, DUE)], 1),
        ([Other(P1, DUE + timedelta(minutes=1))], 1),
        ([Other(P1, DUE - timedelta(minutes=1))], 2),
        ([Other(P1, DUE)], 2),
        ([Other(P1, DUE - timedelta(hours=9)), Other(P2, DUE), Other(P1, DUE - timedelta(hours=1))], 3),
    ],
)
def test_the_queue_goes_by_priority_then_by_the_time_left(others: list[Other], place: int) -> None:
    assert place_of(P1, DUE, others) == place


async def test_the_head_of_the_queue_is_said_and_another_place_counted() -> None:
    itself = Other(P1, DUE, incident=part.INCIDENT)
    alone = await insert_in_queue(make_context(opened(), archive=Remembered(open=(itself,))))
    urgent = Other(P1, DUE - timedelta(hours=1))
    second = await insert_in_queue(make_context(opened(), archive=Remembered(open=(itself, urgent))))
    assert (alone.line, alone.facts) == ("Insertion tête de queue", {"place": 1, "length": 1})
    assert (second.line, second.facts["place"]) == ("Insertion en position 2 sur 2", 2)


async def test_a_ticket_is_opened_once_under_the_incidents_name() -> None:
    first, again = await create_task(make_context(opened())), await create_task(make_context(told.scenario_incident()))
    assert (first.line, first.events) == ("Tâche P1 créée", (TicketOpened(ticket=f"T-{part.INCIDENT}"),))
    assert again.events == ()


async def test_a_hotfix_goes_to_devops_and_backend_with_the_scenarios_alert() -> None:
    result = await dispatch_task(make_context(opened(), alert_url="http://127.0.0.1:9/team"))
    assert result.events == (TeamsAssigned(teams=("DevOps", "Backend")),)
    assert result.alert is not None
    assert (result.alert.text, result.alert.message_id) == (SCENARIOS_ALERT, f"alert-{part.INCIDENT}-P1")


async def test_nobody_is_woken_for_a_p4_and_a_missing_webhook_is_said() -> None:
    wish = replace(opened(), priority=P4)
    calm = await dispatch_task(make_context(wish, alert_url="http://127.0.0.1:9/team"))
    unheard = await dispatch_task(make_context(opened()))
    assert (calm.alert, unheard.alert) == (None, None)
    assert "aucun webhook" in unheard.line
    assert "aucun webhook" not in calm.line


def test_the_configuration_says_who_gets_which_request() -> None:
    agency = Agency(teams={"hotfix": ("Ops",), "default": ("Desk",)})
    assert teams_for(opened(), agency) == ("Ops",)
    assert teams_for(replace(opened(), request=RequestType.QUESTION), agency) == ("Desk",)
    assert teams_for(replace(opened(), request=RequestType.QUESTION), Agency()) == ("DevOps", "Backend")


def test_an_alert_for_another_day_and_another_language_says_so() -> None:
    incident = replace(
        opened(), language="en", title="[ACME] [/checkout] broken", impact=(Impact.DEGRADED,), priority=P2
    )
    text = alert_text(incident, ("DevOps",), part.REPORTED - timedelta(days=1)).splitlines()
    assert text[0] == "⚠️ P2 ALERT - [ACME] [/checkout] broken"
    assert text[2:4] == ["Impact: Degraded service", "SLA: 4 h (deadline: 2025-01-09 14:00)"]


def test_a_subject_calls_nobody_in_the_teams_chat() -> None:
    text = alert_text(
        replace(opened(), title="<!channel> @here <https://evil.example|click>"), ("DevOps",), part.REPORTED
    )
    assert not set("<>@") & set(text)
    assert "‹!channel› ＠here" in text


@dataclass
class Webhook:
    """The team's chat: answers what it is told to, in turn, then 200."""

    answers: list[int]
    asked: list[tuple[str, str]]
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.headers["Idempotency-Key"], body["text"]))
        return web.Response(status=self.answers.pop(0) if self.answers else 200, text="ok")


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    hook = Webhook([], [])
    app = web.Application()
    app.router.add_post("/team", hook.take)
    runner, port = await serve(app)
    hook.url = f"http://127.0.0.1:{port}/team"
    yield hook
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[HttpWeb]:
    asking = HttpWeb()
    yield asking
    await asking.close()


def alert_to(url: str) -> Alert:
    return Alert(message_id="alert-1", channel="team", url=url, text=SCENARIOS_ALERT)


async def test_an_alert_reaches_the_webhook_under_its_own_key(webhook: Webhook, client: HttpWeb) -> None:
    assert await send_alert(client, alert_to(webhook.url)) == "200 ok"
    assert webhook.asked == [("alert-1", SCENARIOS_ALERT)]


async def test_a_webhook_that_is_busy_is_asked_again_under_the_same_key(webhook: Webhook, client: HttpWeb) -> None:
    webhook.answers = [503, 429]
    assert await send_alert(client, alert_to(webhook.url), pause_seconds=0) == "200 ok"
    assert [key for key, _ in webhook.asked] == ["alert-1"] * 3


@pytest.mark.parametrize(("answers", "attempts"), [([404], 1), ([500, 500, 500], 3)])
async def test_a_webhook_that_refuses_is_named(
    webhook: Webhook, client: HttpWeb, answers: list[int], attempts: int
) -> None:
    webhook.answers = list(answers)
    with pytest.raises(SkillError, match=f"answers {answers[-1]}") as caught:
        await send_alert(client, alert_to(webhook.url), pause_seconds=0)
    assert (len(webhook.asked), "alerts.webhook" in caught.value.hint) == (attempts, True)


async def test_a_webhook_that_is_not_there_is_not_asked_twice(client: HttpWeb) -> None:
    with pytest.raises(Unavailable):
        await send_alert(client, alert_to("http://127.0.0.1:9/team"))


async def test_the_ticket_is_closed_with_what_resolved_it() -> None:
    result = await close_ticket(make_context(stories.ready_to_answer()))
    resolution = "Résolu : Expiration automatique de la clé API Stripe (rotation sécurité)"
    assert result.events == (TicketClosed(ticket=f"T-{part.INCIDENT}", resolution=resolution),)
    assert result.line == "Ticket fermé"


async def test_a_ticket_without_a_fix_is_closed_as_such_and_a_closed_one_left_alone() -> None:
    (closed,) = (await close_ticket(make_context(stories.closed_without_a_fix()))).events
    assert isinstance(closed, TicketClosed)
    assert closed.resolution == "Clos sans correction"
    assert (await close_ticket(make_context(told.scenario_incident()))).events == ()
    assert (await close_ticket(make_context(opened()))).line == "Aucun ticket à fermer"
