"""Kubernetes' resource quantities, such as `250m`, `1.5Gi` or `2`."""

from decimal import Decimal


def quantity(text: str) -> Decimal | None:
    """Return the value in cores, bytes or pieces; None where the text is no quantity."""
    from kubernetes.utils.quantity import parse_quantity

    try:
        return Decimal(parse_quantity(text))
    except ValueError:
        return None
