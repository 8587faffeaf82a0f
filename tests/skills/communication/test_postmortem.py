"""The post-mortem tells the incident from its log, as Markdown and as a page."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.project_management.pilotage.alertes_projet import document_incident
from skills.project_management.pilotage.postmortem import draft_postmortem, postmortem_html, postmortem_markdown
from skills.prose.account import automatic_share
from skills.prose.timeline import timeline_lines
from store.events import PostmortemDrafted
from store.incident import Incident, Postmortem
from store.values import Cause, Proof
from tests.support import scenario_parts as part
from tests.support import stories
from tests.support.contexts import make_context
from tests.support.scenario import scenario_incident


def section(text: str, heading: str) -> list[str]:
    body = text.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return [line for line in body.splitlines() if line]


def document() -> str:
    return draft_postmortem(stories.ready_to_document())


def test_the_scenarios_headings_stand_in_their_order() -> None:
    headings = [line for line in document().splitlines() if line.startswith("#")]
    assert headings == [
        "## Incident: Paiements bloqués - 2025-01-09",
        "### Timeline",
        "### Impact",
        "### Cause Racine",
        "### Actions Correctives",
        "### Changements",
        "### Métriques",
        "### Skills Impliqués",
        "### Automatisation",
        "### Journal d'audit",
    ]


def test_the_timeline_is_the_logs_in_the_clients_zone() -> None:
    assert section(document(), "Timeline") == [
        "- 10:00 - Début de l'incident",
        "- 11:30 - Signalement client",
        "- 11:45 - Diagnostic complété",
        "- 11:55 - Plan approuvé par lea",
        "- 12:00 - Fix déployé",
        "- 12:15 - Confirmation résolution",
        "- 12:18 - Client informé",
        "Heures : Europe/Paris, UTC+01:00.",
    ]


def test_another_day_is_named_where_it_begins() -> None:
    incident = replace(stories.ready_to_document(), diagnosed_at=part.REPORTED + timedelta(days=1))
    incident = replace(incident, plans=(), verification=None, resolved_at=None, draft=None)
    assert timeline_lines(incident)[-1] == "2025-01-10 11:30 - Diagnostic complété"


def test_the_impact_is_the_outage_and_what_was_filed_of_its_cost() -> None:
    lines = section(document(), "Impact")
    assert lines[:3] == ["- Durée: 2h15", "- Transactions perdues: ~12", "- Revenue impact: ~€850"]
    assert lines[3].startswith("- Méthode: ")


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (None, "aucun compte Stripe interrogé"),
        ({"losses": None, "losses_unavailable": "Stripe ne répond pas"}, "Stripe ne répond pas"),
        ({"losses": {**part.FIGURES["losses"], "weeks": 0, "method": "Aucune semaine"}}, "Aucune semaine"),
        ({"losses": {"from": "a newer version"}}, "aucun compte Stripe interrogé"),
    ],
)
def test_a_loss_that_is_not_known_is_not_guessed(figures: dict[str, object] | None, why: str) -> None:
    lines = section(draft_postmortem(replace(stories.ready_to_document(), figures=figures)), "Impact")
    assert lines[1:] == ["- Transactions perdues: non estimées", "- Revenue impact: non estimées", f"- Méthode: {why}"]


def test_the_root_cause_comes_with_its_proof_and_what_was_not_seen() -> None:
    lines = section(document(), "Cause Racine")
    assert lines[0] == "Rotation automatique des clés Stripe sans alerte préventive"
    assert "- Preuve (stripe) : `401 api_key_expired`" in lines
    assert "- Pas vu : events/nodes: 403" in lines


def test_an_action_is_ticked_only_if_it_was_done() -> None:
    done = ["1. ✅ Alerte 7j avant expiration", "2. ⏳ Documentation runbook", "3. ⏳ Test rotation clés en staging"]
    assert section(document(), "Actions Correctives") == done
    without = draft_postmortem(replace(stories.ready_to_document(), rules=(), phases=()))
    assert section(without, "Actions Correctives")[0] == "1. ⏳ Alerte 7j avant expiration"


async def test_the_actions_go_with_the_document() -> None:
    (event,) = (await document_incident(make_context(stories.ready_to_document()))).events
    assert isinstance(event, PostmortemDrafted)
    assert [(action.text, action.done) for action in event.actions] == [
        ("Alerte 7j avant expiration", True),
        ("Documentation runbook", False),
        ("Test rotation clés en staging", False),
    ]
    assert len({action.id for action in event.actions}) == 3


def test_the_changes_stand_with_time_approver_and_digest() -> None:
    rows = section(document(), "Changements")[2:]
    digests = [change.digest[:12] for change in part.PLAN.changes]
    assert rows == [
        f"| secret/stripe-api | 11:55 | lea | `{digests[0]}` |",
        f"| deployment/payment-service | 12:00 | lea | `{digests[1]}` |",
    ]


def test_the_metrics_follow_from_the_timeline() -> None:
    assert section(document(), "Métriques")[2:] == [
        "| Temps détection | 1h30 | - |",
        "| Temps diagnostic | 15 min | < 30 min ✅ |",
        "| Temps résolution | 45 min | < 4h ✅ |",
        "| Temps total | 2h15 | < 4h ✅ |",
    ]


def test_a_missed_sla_is_marked_by_its_deadline() -> None:
    rows = section(draft_postmortem(stories.breached(30)), "Métriques")
    assert rows[-2:] == ["| Temps résolution | 3h | < 4h ✅ |", "| Temps total | 4h30 | < 4h ❌ |"]


def test_every_skill_of_the_incident_stands_with_its_part_in_it() -> None:
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in section(document(), "Skills Impliqués")[2:]]
    assert [(skill, role) for skill, role, _ in rows] == [
        ("`client-intake`", "Réception + Classification urgence"),
        ("`task-orchestrator`", "Prioritisation P1"),
        ("`devops`", "Diagnostic + Résolution"),
        ("`backend-developer`", "Support diagnostic"),
        ("`testing-process`", "Validation fix"),
        ("`project-management`", "Communication + Post-mortem"),
        ("`support-client`", "Gestion ticket"),
    ]
    assert rows[4][2] == "✅ 1/1 · Test paiement OK"


def test_the_automatic_share_counts_the_keys_that_were_pressed() -> None:
    shares = section(document(), "Automatisation")
    assert shares[0] == "- **Triage** : 100% automatisé (cible 100%)"
    assert shares[2] == "- **Fix** : 50% automatisé (cible 60%)"
    communication = scenario_incident().phases[3]
    assert automatic_share(communication) == pytest.approx(2 / 3)


def test_the_audit_head_is_quoted_whole() -> None:
    incident = stories.ready_to_document()
    (line,) = section(draft_postmortem(incident), "Journal d'audit")
    assert line == f"{incident.id}, événement {incident.seq}, empreinte {incident.head}"


def test_an_english_client_reads_english_headings() -> None:
    text = draft_postmortem(replace(stories.ready_to_document(), language="en"))
    for heading in (
        "Timeline",
        "Impact",
        "Root Cause",
        "Corrective Actions",
        "Metrics",
        "Skills Involved",
        "Automation",
    ):
        assert section(text, heading)
    assert "- Duration: 2 h 15 min" in text


def test_without_a_cause_there_is_nothing_to_correct() -> None:
    text = draft_postmortem(stories.closed_without_a_fix())
    assert section(text, "Actions Correctives") == ["Aucune."]
    assert section(text, "Changements") == ["Aucune modification n'a été faite."]
    assert section(text, "Cause Racine") == ["Aucune cause de panne n'a été trouvée"]


def test_what_a_person_edited_is_the_document() -> None:
    incident = scenario_incident()
    edited = replace(incident, postmortem=Postmortem("## Le mien\n", (), incident.at))
    assert postmortem_markdown(edited) == "## Le mien\n"
    assert "<h2>Le mien</h2>" in postmortem_html(edited)


def hostile() -> Incident:
    line = "</code><script>alert(1)</script> ` | ![x](http://evil.example/p.png) \x1b[2J"
    cause = Cause(
        key="mystery.moon",
        confidence=1,
        title={"fr": "<b>[x](javascript:1)</b>"},
        proofs=(Proof(evidence="e", line=line),),
    )
    incident = replace(
        stories.ready_to_document(), title="<img src=x onerror=alert(1)> [a](javascript:1)", causes=(cause,)
    )
    return replace(incident, client="<script>evil</script>")


class Tags(HTMLParser):
    """Collects the tags and the attributes that a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "onerror", "onclick")]


HARMLESS = {"html", "head", "meta", "title", "style", "body", "header", "p", "dl", "div", "dt", "dd", "main"} | {
    *("h2", "h3", "ul", "ol", "li", "code", "table", "thead", "tbody", "tr", "th", "td", "strong")
}


def tags_of(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_foreign_text_is_never_markup_in_the_document_or_the_page() -> None:
    text = draft_postmortem(hostile())
    assert "\x1b" not in text
    assert re.search(r"(?<!\\)<img", text) is None
    found = tags_of(postmortem_html(replace(hostile(), postmortem=Postmortem(text, (), part.REPORTED))))
    assert not found.tags & {"script", "img", "a", "b", "iframe"}
    assert found.addresses == []


MARKUP = st.text(st.sampled_from("ab1 <>/[]()!`*_|#&;:\\\"'=~-+.\n\t\x1b\u202e"), max_size=60)


@given(title=MARKUP, line=MARKUP, summary=MARKUP, who=MARKUP)
@settings(max_examples=60, deadline=None)
def test_no_text_whatever_adds_a_heading_a_row_or_a_tag(title: str, line: str, summary: str, who: str) -> None:
    """Only the tags that the document itself is made of are on the page."""
    said = {"fr": summary}
    cause = Cause(
        key="a.b", confidence=1, title=said, summary=said, proofs=(Proof(evidence="e", line=line, source=who),)
    )
    incident = replace(stories.ready_to_document(), title=title, client=who, causes=(cause,))
    found = tags_of(postmortem_html(incident))
    assert found.tags <= HARMLESS
    assert found.addresses == []
    assert draft_postmortem(incident).count("\n### ") == 9


def test_the_page_fetches_nothing_and_says_whether_it_is_published() -> None:
    page = postmortem_html(scenario_incident())
    assert tags_of(page).addresses == []
    assert not tags_of(page).tags & {"script", "link", "img"}
    assert "<td>Temps total</td>" in postmortem_html(replace(scenario_incident(), postmortem=None))
    assert ("publié" in page, "@media print" in page) == (True, True)
    assert "brouillon" in postmortem_html(stories.ready_to_document())


def test_html_in_an_edited_document_is_shown_as_text() -> None:
    edited = Postmortem("## A\n\n<script>alert(1)</script>\n\n![p](http://evil.example/p.png)\n", (), part.REPORTED)
    found = tags_of(postmortem_html(replace(scenario_incident(), postmortem=edited)))
    assert not found.tags & {"script", "img"}
