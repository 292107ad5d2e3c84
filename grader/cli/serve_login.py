"""The options of `grader serve` that select a login of the institution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--trust-header",
        metavar="NAME",
        help="Sign in the person whom a proxy names in this header, such as X-Remote-User. Needs "
        "--uds or --proxy.",
    ),
    click.option(
        "--proxy",
        multiple=True,
        metavar="ADDRESS",
        help="With --trust-header: an address of the proxy. The header is trusted only from there.",
    ),
    click.option(
        "--oidc",
        metavar="ISSUER",
        help="Also sign in by OpenID Connect at this provider, such as https://login.example.org.",
    ),
    click.option("--oidc-client", metavar="ID", help="The id of this server at the provider."),
    click.option(
        "--oidc-secret",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="A file with the secret of that client, if it has one.",
    ),
    click.option(
        "--oidc-claim",
        metavar="NAME",
        default="email",
        show_default=True,
        help="The claim that contains an id from the roster.",
    ),
    click.option(
        "--jupyterhub",
        is_flag=True,
        help="Also sign in by the JupyterHub that runs this server as a service.",
    ),
)
NAMES = (
    *("trust_header", "proxy", "oidc", "oidc_client", "oidc_secret", "oidc_claim"),
    "jupyterhub",
)


def login_options(command: F) -> F:
    """Add the options; their values have the names of `site.access.sign_in_options.SignIn`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
