"""The file by which clients find the API server."""

import json


def kubeconfig(server: str, token: str, context: str, namespace: str) -> str:
    """Return a kubeconfig (JSON, which is YAML) for a server and a bearer token."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": {"server": server}}],
            "users": [{"name": "operator", "user": {"token": token}}],
            "contexts": [
                {"name": context, "context": {"cluster": context, "user": "operator", "namespace": namespace}}
            ],
        },
        indent=1,
    )
