"""QR codes as SVG, where segno is installed."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

_QUIET = 4  # modules of white around the code, which scanners need


def qr_code(text: str) -> Markup | None:
    """Return a text as an SVG element; None if segno is not installed."""
    try:
        import segno
    except ModuleNotFoundError:
        return None
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=_QUIET)]
    path = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    size = len(rows)
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" aria-hidden="true"'
        ' focusable="false"><rect width="{0}" height="{0}" fill="#fff"/>'
        '<path d="{1}" fill="#000"/></svg>'
    ).format(size, "".join(path))
