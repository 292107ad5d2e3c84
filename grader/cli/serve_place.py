"""The options of `grader serve` that say where the server is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        help="The port to listen on, 0 for any that is free. Default: 8321, or any that is free if "
        "that is taken.",
    ),
    click.option(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        show_default=True,
        help="The address of this machine to listen on, for a course behind a proxy on another "
        "machine.",
    ),
    click.option(
        "--uds",
        metavar="PATH",
        type=click.Path(dir_okay=False),
        help="Listen on a Unix socket instead of a port. In a course, the group of its file may "
        "connect; otherwise, only its owner may.",
    ),
    click.option(
        "--fd",
        metavar="N",
        type=click.IntRange(min=0),
        help="Listen on a socket that is already open: 3 under a .socket unit of systemd.",
    ),
    click.option(
        "--root-path",
        metavar="PREFIX",
        default="",
        help="The prefix of the paths of all pages behind a proxy, such as /course.",
    ),
    click.option(
        "--public-url",
        metavar="URL",
        help="The address that people open, if a proxy is in front, such as "
        "https://example.org/course.",
    ),
)


def place_options(command: F) -> F:
    """Add the options; a command gets their values by the names of `site.server.places.Place`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
