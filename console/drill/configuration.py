"""The console's configuration for a world: the same TOML that a real site is described by."""

import json
import sys
from typing import Any

from console.drill.handshake import Handshake
from console.drill.scenario import Client, Scenario

Json = dict[str, Any]


def config_toml(scenario: Scenario, world: Handshake) -> str:
    """The configuration file's text."""
    return _toml(config_tree(scenario, world))


def config_tree(scenario: Scenario, world: Handshake) -> Json:
    """The configuration as nested tables."""
    return {
        "agency": {
            "name": "L'équipe Support",
            "from_address": "support@agence.fr",
            "time_zone": scenario.time_zone,
            "teams": {"hotfix": ["DevOps", "Backend"]},
        },
        "mailbox": {"maildir": str(world.maildir)},
        "smtp": {"host": "127.0.0.1", "port": world.smtp, "sent_maildir": str(world.sent_maildir)},
        "alerts": {"webhook": _url(world.alerts, "/team")},
        "clients": [_troubled(scenario, world), *(_known(each) for each in scenario.others)],
    }


def _known(client: Client) -> Json:
    return {
        "name": client.name,
        "domains": list(client.domains),
        "language": client.language,
        "time_zone": client.time_zone,
        "contacts": [{"name": each.name, "email": each.email} for each in client.contacts],
    }


def _troubled(scenario: Scenario, world: Handshake) -> Json:
    cluster, shop = scenario.cluster, scenario.shop
    return {
        **_known(scenario.client),
        "kubeconfig": str(world.kubeconfig),
        "context": cluster.context,
        "environment": "PROD",
        "namespace": cluster.namespace,
        "workloads": [shop.workload, *shop.others],
        "secret": {"name": "stripe-api", "key": "key"},
        "stripe": {
            "base_address": _url(world.stripe),
            "account": scenario.stripe.account,
            "new_key_command": [sys.executable, "-m", "console.drill.new_key", str(world.file)],
        },
        "smoke_test": {
            "url": _url(world.shop, "/test-payment"),
            "method": "POST",
            "expect_status": 200,
            "expect_json": {"status": "success"},
            "health_url": _url(world.shop, "/healthz"),
        },
        "contract": {"sla": dict(scenario.client.sla), "four_eyes": False},
    }


def _url(port: int, path: str = "") -> str:
    return f"http://127.0.0.1:{port}{path}"


def _toml(tree: Json, prefix: str = "") -> str:
    """TOML of nested tables, plain values first, as the format demands."""
    plain = {name: value for name, value in tree.items() if not _is_table(value)}
    text = "".join(f"{name} = {_value(value)}\n" for name, value in plain.items())
    for name, value in tree.items():
        if name in plain:
            continue
        path = f"{prefix}{name}"
        header, tables = (f"[[{path}]]", value) if isinstance(value, list) else (f"[{path}]", [value])
        text += "".join(f"\n{header}\n{_toml(table, path + '.')}" for table in tables)
    return text


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(value: Any) -> str:
    # TOML's basic strings, numbers, booleans and arrays are spelled as JSON's
    return json.dumps(value, ensure_ascii=False)
