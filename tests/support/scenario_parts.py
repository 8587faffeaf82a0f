"""The values that the scenario's events carry: its mail, evidence, cause, plan, draft and document."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.plan import Blast, Change, Check, ObjectRef, Plan
from store.values import (
    ActionItem,
    Address,
    AlertRule,
    Cause,
    Draft,
    Evidence,
    Impact,
    Mail,
    Priority,
    Proof,
    Reading,
    Reason,
    RequestType,
)

PARIS = ZoneInfo("Europe/Paris")
REPORTED = datetime(2025, 1, 9, 11, 30, tzinfo=PARIS)
ONSET = REPORTED - timedelta(minutes=90)
INCIDENT = "INC-2025-0109-1"
CLIENT = "client-existant.fr"
SUBJECT = "URGENT - Paiements bloqués !!!"
MASKED_KEY = "sk_live_…‹a1b2›"
ERROR_LINE = f"Expired API Key provided: {MASKED_KEY}"
SECRET_STEP = "resolution/secret-manager"
ROLLOUT_STEP = "resolution/deployment-manager"
REMEDY_STEPS = ("devops/secrets/secret-manager", "devops/containers/deployment-manager")

MAIL = Mail(
    message_id="<5dd956bf@client-existant.fr>",
    sender=Address(email="support@client-existant.fr"),
    to=(Address(email="urgence@agence.fr"),),
    subject=SUBJECT,
    sent_at=REPORTED,
    text=(
        "Les clients ne peuvent plus payer depuis 10h ce matin !\n\n"
        "Message d'erreur: \"Erreur 500 lors du paiement\"\n\nC'est CRITIQUE, nous perdons des ventes !"
    ),
    signature="Jean Martin\nDSI",
    sha256="5d" * 32,
)

READING = Reading(
    priority=Priority.P1,
    type=RequestType.HOTFIX,
    impact=(Impact.PRODUCTION_DOWN, Impact.REVENUE_LOSS),
    language="fr",
    client=CLIENT,
    onset_at=ONSET,
    broken="Paiements bloqués",
    error="Erreur 500 lors du paiement",
    reasons=(
        Reason(decides="priority", words="ne peuvent plus payer", rule="outage.payment", argues="P1"),
        Reason(decides="onset", words="depuis 10h ce matin", rule="onset.since_hour"),
    ),
)


def evidence(at: datetime) -> tuple[Evidence, ...]:
    """What the collectors saw; the last could not look."""
    return (
        Evidence(
            id="ev-logs",
            source="logs/payment-service-7d9/app",
            kind="log",
            captured_at=at,
            excerpt=f"2025-01-09T09:00:03Z ERROR StripeAuthenticationError: {ERROR_LINE}",
            facts={"count": 412},
            digest="e1" * 32,
        ),
        Evidence(
            id="ev-stripe",
            source="stripe",
            kind="stripe.probe",
            captured_at=at,
            excerpt="401 api_key_expired",
            facts={"status": 401, "code": "api_key_expired", "request_id": "req_8sQ2"},
            digest="e2" * 32,
        ),
        Evidence(
            id="ev-nodes", source="events/nodes", kind="event", captured_at=at, unavailable="403: may not list nodes"
        ),
    )


CAUSE = Cause(
    key="stripe.api_key_expired",
    confidence=0.99,
    title={"fr": "Clé API Stripe expirée", "en": "Stripe API key expired"},
    summary={
        "fr": "Stripe refuse la clé que les pods utilisent : elle a expiré.",
        "en": "Stripe refuses the key that the pods use: it has expired.",
    },
    proofs=(
        Proof(
            evidence="ev-logs",
            line=ERROR_LINE,
            source="logs/payment-service-7d9/app",
            at=ONSET + timedelta(seconds=3),
        ),
        Proof(evidence="ev-stripe", line="401 api_key_expired", source="stripe"),
    ),
    unseen=("events/nodes: 403",),
    checked=("logs", "stripe", "http"),
    remedy="rotate_stripe_key",
    remedy_steps=REMEDY_STEPS,
    first_seen_at=ONSET + timedelta(seconds=3),
    count=412,
)

_ALLOWED = (Check(name="may_i", passed=True, detail="patch"), Check(name="dry_run", passed=True))
_SECRET = ObjectRef(api="v1", kind="Secret", namespace="client-existant", name="stripe-api")
_DEPLOYMENT = ObjectRef(api="apps/v1", kind="Deployment", namespace="client-existant", name="payment-service")

PLAN = Plan(
    id=f"{INCIDENT}-1",
    remedy="rotate_stripe_key",
    changes=(
        Change(
            kind="devops/secrets/secret-manager:set",
            step=SECRET_STEP,
            parameters={"secret": "stripe-api", "key": "key"},
            target=_SECRET,
            uid="0d8c7f0e-0001",
            version="resourceVersion:1041",
            before={"data": {"key": {"hmac": "a1b2" * 16}}},
            patch={"data": {"key": {"hmac": "c3d4" * 16}}},
            patch_type="merge",
            expected={"data": {"key": {"hmac": "c3d4" * 16}}},
            diff=(" data:", "-  key: ‹a1b2›", "+  key: ‹c3d4›"),
            command='kubectl -n client-existant patch secret stripe-api --type merge -p \'{"data":{"key":"…"}}\'',
            blast=Blast(pods=0),
            inverse={"kind": "devops/secrets/secret-manager:set", "parameters": {"secret": "stripe-api"}},
            checks=_ALLOWED,
            title="Secret stripe-api : nouvelle clé",
            seconds=2,
        ),
        Change(
            kind="devops/containers/deployment-manager:restart",
            step=ROLLOUT_STEP,
            parameters={"deployment": "payment-service", "restartedAt": "2025-01-09T10:50:00Z"},
            target=_DEPLOYMENT,
            uid="0d8c7f0e-0002",
            version="generation:4",
            before={"annotations": {}},
            patch={"spec": {"template": {"metadata": {"annotations": {"restartedAt": "2025-01-09T10:50:00Z"}}}}},
            patch_type="strategic",
            expected={"spec": {"template": {"metadata": {"annotations": {"restartedAt": "2025-01-09T10:50:00Z"}}}}},
            diff=(" annotations:", "+  restartedAt: 2025-01-09T10:50:00Z"),
            command="kubectl -n client-existant rollout restart deployment/payment-service",
            blast=Blast(pods=3),
            inverse_note="Un redémarrage ne s'annule pas.",
            checks=_ALLOWED,
            title="Deployment payment-service : redémarrage",
            seconds=90,
        ),
    ),
)

DRAFT = Draft(
    message_id=f"<{INCIDENT.lower()}.resolved@agence.fr>",
    sender=Address(email="support@agence.fr", name="L'équipe Support"),
    to=(Address(email="support@client-existant.fr"),),
    subject=f"RE: {SUBJECT} ✅ RÉSOLU",
    body=(
        "Bonjour Jean,\n\nLe problème est résolu. Les paiements fonctionnent à nouveau.\n\n"
        "## Cause\nExpiration automatique de la clé API Stripe (rotation sécurité)\n\n"
        "## Actions\n1. Nouvelle clé API déployée\n2. Services redémarrés\n3. Paiement test validé\n\n"
        "## Temps de résolution\n45 min (SLA 4h respecté ✅)\n\n"
        "## Prévention\nAlerte automatique ajoutée 7 jours avant expiration\n\nCordialement,\nL'équipe Support\n"
    ),
    in_reply_to=MAIL.message_id,
    references=(MAIL.message_id,),
)

RULE = AlertRule(
    id=f"{CLIENT}-stripe-api-key", client=CLIENT, watches="secret/client-existant/stripe-api", days_before=7
)

ACTIONS = (
    ActionItem(id=f"{INCIDENT}-a1", text="Alerte 7j avant expiration", done=True, incident=INCIDENT),
    ActionItem(id=f"{INCIDENT}-a2", text="Documentation runbook", incident=INCIDENT),
    ActionItem(id=f"{INCIDENT}-a3", text="Test rotation clés en staging", incident=INCIDENT),
)

POSTMORTEM = (
    "## Incident: Paiements bloqués - 2025-01-09\n\n### Timeline\n- 10:00 - Début de l'incident\n"
    "- 11:30 - Signalement client\n- 11:45 - Diagnostic complété\n- 12:00 - Fix déployé\n"
    "- 12:15 - Confirmation résolution\n\n### Impact\n- Durée: 2h15\n- Transactions perdues: ~12\n"
    "- Revenue impact: ~€850\n\n### Cause Racine\nRotation automatique des clés Stripe sans alerte préventive\n\n"
    "### Actions Correctives\n1. ✅ Alerte 7j avant expiration\n2. ⏳ Documentation runbook\n"
    "3. ⏳ Test rotation clés en staging\n"
)

FIGURES = {
    "losses": {
        "transactions": 12.0,
        "revenue": 85000.0,
        "currency": "eur",
        "window_seconds": 8100,
        "method": "charges of the window against the same hours of 4 earlier weeks",
        "observed": 0,
        "weeks": 4,
    }
}
