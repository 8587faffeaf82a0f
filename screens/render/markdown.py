"""Markdown to read: headings, lists and tables stand out; everything else, links too, is shown as it is written."""

from rich.cells import cell_len

from screens.line import EMPTY, Line, Role, run, wrap
from store.safe_text import plain


def markdown(text: str, width: int) -> list[Line]:
    """Return a document's lines."""
    lines: list[Line] = []
    table: list[list[str]] = []
    for written in plain(text, lines=True).splitlines():
        if written.lstrip().startswith("|"):
            table.append([cell.strip() for cell in written.strip().strip("|").split("|")])
            continue
        lines += _table(table)
        table = []
        lines += _line(written.rstrip(), width)
    return [*lines, *_table(table)]


def _line(written: str, width: int) -> list[Line]:
    if not written:
        return [EMPTY]
    if written.startswith("#"):
        level = len(written) - len(written.lstrip("#"))
        role: Role = "accent" if level <= 2 else "strong"
        return wrap(written.lstrip("# "), width, role)
    indent = len(written) - len(written.lstrip())
    body = written.lstrip()
    marker = next((mark for mark in ("- ", "* ", "> ") if body.startswith(mark)), "")
    number = body.partition(" ")[0]
    if not marker and number[:-1].isdigit() and number.endswith("."):
        marker = f"{number} "
    hang = indent + len(marker)
    return wrap(body[len(marker) :], width, first=run(" " * indent + marker, "dim"), indent=hang)


def _table(rows: list[list[str]]) -> list[Line]:
    rows = [row for row in rows if not all(set(cell) <= set("-: ") for cell in row)]
    if not rows:
        return []
    columns = max(len(row) for row in rows)
    widths = [max((cell_len(row[i]) for row in rows if i < len(row)), default=0) for i in range(columns)]
    lines: list[Line] = []
    for number, row in enumerate(rows):
        cells = [cell + " " * (widths[i] - cell_len(cell)) for i, cell in enumerate(row)]
        lines.append(run("   ".join(cells).rstrip(), "strong" if not number else ""))
    return lines
