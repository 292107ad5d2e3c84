"""What those who run a server see of it: counts, connections, backups, and the token for these."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import field
from pathlib import Path

from grader.site.server.backups import Backups
from grader.site.server.connections import Crowd
from grader.site.server.metrics import Metrics
from grader.values.dataclasses import dataclass

TOKEN = "metrics.token"  # in the folder of the book


@dataclass(frozen=True)
class Operation:
    """What is counted and made beside the pages.

    Attributes:
        crowd: all connections; None where another server has them
        backups: those that are made; None for none
        token: who has it may read the metrics; empty for nobody
    """

    metrics: Metrics = field(default_factory=Metrics)
    crowd: Crowd | None = None
    backups: Backups | None = None
    token: str = ""
    logs_json: bool = False


def token_in(folder: Path) -> str:
    """Return the token for `/metrics`, which is made if there is none; only the owner may read it.

    Raises:
        OSError: if it can neither be read nor made
    """
    path = folder / TOKEN
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
    found = path.read_text("ascii").strip()
    if not found:  # the disk was full
        path.unlink()
        return token_in(folder)
    return found
