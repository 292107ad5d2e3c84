"""The templates of the pages, with those of the reports behind them."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from functools import cache

from jinja2 import DictLoader, Environment
from markupsafe import Markup, escape

from grader.reports.judgement.html import environment
from grader.site.assets import Assets
from grader.site.times import ZONE, second_text, zone_name

# What the addresses of all pages begin with, while a request is answered; see `site.server.prefix`.
ROOT: ContextVar[str] = ContextVar("root", default="")


@cache
def assets() -> Assets:
    """Return the files that pages load, read once."""
    return Assets()


@cache
def templates() -> Environment:
    """Return the environment of the pages.

    The files are read now: those of a newer version, installed while the server runs, would not fit
    its code.
    """
    found = environment("grader.site")
    loader = found.loader
    assert loader is not None
    sources = {name: loader.get_source(found, name)[0] for name in loader.list_templates()}
    found.loader = DictLoader(sources)
    found.filters |= {"whole": _whole, "moment": _moment}
    found.globals |= {"asset": lambda name: ROOT.get() + assets().address(name), "root": ROOT.get}
    found.globals["zone"] = zone_name
    return found


def render(template: str, **variables: object) -> str:
    """Return a page, or a part of one."""
    return templates().get_template(template).render(variables)


def _whole(text: str) -> Markup:
    """Escape a text without cutting it: what is being edited must come back as it was."""
    return escape(text)


def _moment(at: str) -> Markup:
    """Return a time of the book as an element, which scripts may write as the device does."""
    moment = datetime.fromisoformat(at)
    text = f"{moment.day} {moment:%b %Y, %H:%M:%S} UTC"
    if ZONE.get() is not None:
        text = second_text(moment)
    return Markup('<time datetime="{}">{}</time>').format(at, text)
