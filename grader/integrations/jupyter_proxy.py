"""The practice page as a tile in JupyterLab, by jupyter-server-proxy.

jupyter-server-proxy calls `practice` for the entry point `grader` in the group
"jupyter_serverproxy_servers", starts the command when somebody opens the tile, and puts what is in
braces in its place. The server listens at a Unix socket in a folder of the person's own, so that
on a machine with several people nobody else reaches it, and no secret is needed in the address.
"""

from __future__ import annotations

import os
import sys

BANK = "GRADER_BANK"  # in the environment of Jupyter: the bank to practise
_START_S = 60  # a small machine may have to start for thirty people at once


def practice() -> dict[str, object]:
    """Return how jupyter-server-proxy starts the practice page."""
    bank = [os.environ[BANK]] if os.environ.get(BANK) else []
    # -P, or modules would come from the folder of the notebooks, where a program may be queue.py.
    command = [sys.executable, "-P", "-m", "grader", "serve", *bank, "--no-browser"]
    # Braces of a path would be taken for names of what to fill in.
    command = [each.replace("{", "{{").replace("}", "}}") for each in command]
    return {
        "command": [*command, "--uds", "{unix_socket}", "--root-path", "{base_url}grader"],
        "unix_socket": True,
        "timeout": _START_S,
        "new_browser_tab": True,  # the pages refuse to be shown in a frame
        "launcher_entry": {"title": "Practise", "category": "Other"},
    }
