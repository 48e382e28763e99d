"""Tables that a person can read."""

from collections.abc import Sequence

from tests.benchmarks.quality.shares import Share


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side: the first to the left, the others to the right."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    told = [_line(line, widths) for line in lines]
    above = ["", title] if title else [""]
    return "\n".join([*above, told[0], "─" * len(told[0]), *told[1:]])


def share_told(share: Share) -> str:
    """12 of 40   30.0 % [18–44]."""
    if not share.of:
        return "–"
    low, high = share.interval
    return f"{share.count} of {share.of} {share.rate:6.1%} [{100 * low:3.0f}–{100 * high:3.0f}]"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([f"{first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)]).rstrip()
