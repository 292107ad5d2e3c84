"""Statements as HTML: Markdown with formulas becomes markup that is safe to put into a page.

Three steps. markdown-it parses the text with raw HTML disabled, so that a tag in it is shown as
text. latex2mathml turns `$…$` and `$$…$$` into MathML, which browsers display and read aloud
themselves. nh3 then removes all but known tags and attributes: it does not trust the other steps.

Images are not supported: the page is one file and loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import escape, unescape
from itertools import pairwise
from xml.etree import ElementTree

import nh3
from latex2mathml.converter import Converter
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

_KEPT = 256  # texts: those of a few problems, whose pages are written for a whole class
_TOP_HEADING = 3  # the page's title is an h1, the title of each section an h2
_BREAKABLE = 16  # characters, half a line of a telephone
_LONG = 26  # characters, a line of a telephone
# How many children an element must have: with fewer, an argument is missing.
_PARTS = dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2)
_PARTS |= dict.fromkeys(("msubsup", "munderover"), 3)
_BREAKS = frozenset("=≠≈≡<>≤≥∈→,;")
_SIGNS = frozenset("+\N{MINUS SIGN}±")
_CLOSING = frozenset(")]}|!")


def _names(text: str) -> set[str]:
    return set(text.split())


_HTML_TAGS = _names(
    "p h3 h4 h5 h6 ul ol li blockquote hr br pre code em strong a span div wbr"
    " table thead tbody tr th td"
)
_MATHML_TAGS = _names(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover"
    " mmultiscripts mprescripts mtable mtr mtd mstyle mpadded mphantom menclose"
)
_MATHML_ATTRIBUTES = _names(
    "display displaystyle scriptlevel mathvariant accent accentunder stretchy fence form separator"
    " minsize maxsize lspace rspace width linethickness columnalign columnspacing notation"
)
_BOX_ATTRIBUTES = {"class", "tabindex", "role", "aria-label"}
_ATTRIBUTES = dict.fromkeys(_MATHML_TAGS, _MATHML_ATTRIBUTES) | {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"scope", "class"},
    "td": {"class"},
    "code": {"class"},
    "pre": _BOX_ATTRIBUTES,
    "div": _BOX_ATTRIBUTES,
    "span": _BOX_ATTRIBUTES,
}


@lru_cache(_KEPT)
def statement_html(markdown: str) -> str:
    """Return the text as HTML, to be placed below an h2.

    Wide content (formulas, code, tables) is in an element of the class "wide", which scrolls by
    itself and can be reached with the keyboard. A formula that latex2mathml does not understand is
    shown as it was written, with the class "latex".
    """
    # A lone surrogate can be neither sanitised nor written to a file.
    text = markdown.encode("utf-8", "replace").decode("utf-8")
    reader = _reader()
    tokens = reader.parse(text)
    _nest_headings(tokens)
    for token in tokens:
        _join_punctuation(token.children or [])
    return nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=_HTML_TAGS | _MATHML_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
    )


def unreadable_formulas(markdown: str) -> list[str]:
    """Return the formulas of a text that would be shown as they are written."""
    return [
        token.content
        for token in _tokens(markdown)
        if token.type.startswith("math_") and _mathml(token.content, "inline") is None
    ]


def links(markdown: str) -> list[str]:
    """Return the targets of links and the addresses of images, which are not shown."""
    found = [token.attrGet("href") or token.attrGet("src") for token in _tokens(markdown)]
    return [str(target) for target in found if target]


def _tokens(markdown: str) -> Iterator[Token]:
    for token in _reader().enable("image").parse(markdown):
        yield token
        yield from token.children or []


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "typographer": True})
    reader.enable(["table", "smartquotes"]).disable("image")
    # No space inside the dollars: "it costs 5 $, not 6 $" is not a formula.
    dollarmath_plugin(reader, allow_labels=False, allow_space=False, double_inline=True)
    for name, write in _WRITERS.items():
        reader.add_render_rule(name, _rule(write))
    return reader


def _rule(write: Callable[[Token], str]) -> Callable[..., str]:
    def render(_: object, tokens: Sequence[Token], index: int, *options: object) -> str:
        return write(tokens[index])

    return render


def _nest_headings(tokens: Sequence[Token]) -> None:
    """Make the outermost headings h3, without gaps between levels below it."""
    above: list[str] = []  # the open headings, as they were written: "h2", "h3"
    for token in tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(_TOP_HEADING + len(above) - 1, 6)}"


def _join_punctuation(inline: Sequence[Token]) -> None:
    """Attach punctuation to the formula before it, or a line could begin with a full stop."""
    for formula, text in pairwise(inline):
        if formula.type == "math_inline" and text.type == "text":
            rest = text.content.lstrip(".,;:?!)")
            formula.meta["behind"] = text.content.removesuffix(rest)
            text.content = rest


# Formulas ----------------------------------------------------------------------------------------


def _inline_formula(latex: str, behind: str) -> str:
    element = _mathml(latex, "inline")
    if element is None:
        return f'<code class="latex">{escape(latex)}</code>{behind}'
    *pieces, last = [
        _wide("span", "Formula", _markup(piece)) if _width(piece) > _LONG else _markup(piece)
        for piece in (_pieces(element) if _width(element) > _BREAKABLE else [element])
    ]
    joined = f'<span class="joined">{last}{behind}</span>' if behind else last
    return "<wbr>".join([*pieces, joined])


def _width(element: ElementTree.Element) -> int:
    """Return the approximate width of the formula in characters."""
    return len("".join(element.itertext()))


def _pieces(element: ElementTree.Element) -> list[ElementTree.Element]:
    """Split the formula after relations and commas: browsers do not break lines in formulas."""
    pieces: list[ElementTree.Element] = []
    may_end = False
    for part in element[0]:
        if not pieces or (may_end and part.tag != "mspace"):
            pieces.append(ElementTree.Element("math", element.attrib))
            ElementTree.SubElement(pieces[-1], "mrow")
        pieces[-1][0].append(part)
        # A space behind a comma stays in its piece: a line must not begin with it.
        if part.tag != "mspace":
            may_end = part.tag == "mo" and part.text in _BREAKS
    return pieces


def _display_formula(latex: str) -> str:
    element = _mathml(latex, "block")
    if element is None:
        return _wide("pre", "Formula", f'<code class="latex">{escape(latex)}</code>')
    # Not a <div>: the formula may be inside a paragraph, which a <div> would end.
    return _wide("span", "Formula", _markup(element), "display")


def _mathml(latex: str, display: str) -> ElementTree.Element | None:
    """Return the formula as MathML, or None if MathML would not show what was written."""
    try:
        # latex2mathml knows `aligned` only as `split`, which is the same.
        element = Converter(display=display).convert_to_element(
            latex.strip().replace("{aligned}", "{split}")
        )
    except Exception:  # its exceptions have no common base class
        return None
    for part in element.iter():
        written = part.text or ""
        if part.tag in ("mi", "mo") and (written == "&" or written.startswith("\\")):
            return None  # an alignment or a command that it does not support
        if len(part) != _PARTS.get(part.tag, len(part)):
            return None
        # It writes characters as entities; ElementTree would escape them a second time.
        part.text = unescape(written)
        if part.tag == "mo" and _is_word(part):
            part.tag = "mi"  # "max" as an operator would have the wide spaces of an operator
    for row in list(element.iter("mrow")):
        _mark_signs(row)
        _space_functions(row)
    return element


def _mark_signs(row: ElementTree.Element) -> None:
    """Distinguish a sign from an operator: in "a = -b" the minus belongs to the b."""
    for before, part in pairwise(row):
        follows_operator = before.tag == "mo" and before.text not in _CLOSING
        if part.tag == "mo" and part.text in _SIGNS and follows_operator:
            part.set("form", "prefix")


def _space_functions(row: ElementTree.Element) -> None:
    """Space "p log q" as TeX does: thin spaces around the name, but none before a bracket."""
    for index, (before, after) in reversed(list(enumerate(pairwise(row), start=1))):
        space_behind = _is_function(before) and after.tag != "mo" and not _is_fenced(after)
        space_ahead = _is_function(after) and before.tag not in ("mo", "mspace")
        if space_behind or space_ahead:
            row.insert(index, ElementTree.Element("mspace", width="0.167em"))


def _is_function(part: ElementTree.Element) -> bool:
    name = part[0] if part.tag in ("msub", "munder") else part
    return name.tag == "mi" and _is_word(name)


def _is_word(part: ElementTree.Element) -> bool:
    text = part.text or ""
    return len(text) > 1 and text.isalpha()


def _is_fenced(part: ElementTree.Element) -> bool:
    return part.tag == "mrow" and len(part) > 0 and part[0].get("fence") == "true"


def _markup(element: ElementTree.Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")


# Elements for wide content
# ---------------------------------------------------------------------------


def _wide(tag: str, label: str, content: str, style: str = "") -> str:
    return f"{_open_wide(tag, label, style)}{content}</{tag}>"


def _open_wide(tag: str, label: str, style: str = "") -> str:
    classes = f"wide {style}".rstrip()
    return f'<{tag} class="{classes}" tabindex="0" role="group" aria-label="{label}">'


def _code(token: Token) -> str:
    return _wide("pre", "Code", f"<code>{escape(token.content)}</code>") + "\n"


def _cell(tag: str, token: Token) -> str:
    """Return the opening tag of a cell, with its alignment as a class instead of a style."""
    style = str(token.attrGet("style") or "")
    return f'<{tag} class="{escape(style.removeprefix("text-align:"))}">'


_WRITERS: dict[str, Callable[[Token], str]] = {
    "math_inline": lambda token: _inline_formula(token.content, token.meta.get("behind", "")),
    "math_inline_double": lambda token: _display_formula(token.content),
    "math_block": lambda token: _display_formula(token.content),
    "fence": _code,
    "code_block": _code,
    "th_open": lambda token: _cell('th scope="col"', token),
    "td_open": lambda token: _cell("td", token),
    "table_open": lambda _: _open_wide("div", "Table") + "<table>\n",
    "table_close": lambda _: "</table></div>\n",
}
