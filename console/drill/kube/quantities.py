"""Quantities as the API writes them."""

_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def memory_bytes(text: str) -> float:
    """Return the bytes of `512Mi`, `1G`, `1000`."""
    for unit, factor in (*_BINARY.items(), *_DECIMAL.items()):
        if str(text).endswith(unit):
            return float(str(text).removesuffix(unit)) * factor
    return float(text)


def milli_cpu(text: str) -> float:
    """Return the thousandths of a core of `250m`, `2`."""
    text = str(text)
    return float(text[:-1]) if text.endswith("m") else float(text) * 1000
