"""Resource quantities: `250m`, `1.5Gi`, `2`."""

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([0-9.]+)([numkMGTPE]?i?)$")
_FACTORS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}


def quantity(text: str | float | None) -> Decimal:
    """Return the value in cores, bytes or pieces; 0 for what is none."""
    match = _QUANTITY.match(str(text or "0"))
    return Decimal(match[1]) * _FACTORS.get(match[2], Decimal(1)) if match else Decimal(0)
