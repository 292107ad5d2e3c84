"""Rendering of things Sphinx would load from elsewhere or leave out: maths, names of files."""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

_TITLED_FENCE = re.compile(r'^(`{3,})(\w+) title="([^"]*)"$', re.MULTILINE)
_SETUP = re.compile(r"^<!-- setup\n.*?^-->\n", re.MULTILINE | re.DOTALL)


def prepare(_: Sphinx, page: str, source: list[str]) -> None:
    """Show the name of a file above its block, and leave out what only the tests run."""
    text = _SETUP.sub(lambda setup: "\n" * setup[0].count("\n"), source[0])
    source[0] = _TITLED_FENCE.sub(r"\1{code-block} \2\n:caption: \3", text)


def write_colons(_: Sphinx, document: nodes.document) -> None:
    """Put a colon between a parameter and its meaning, where Sphinx puts two hyphens."""
    for text in [each for each in document.findall(nodes.Text) if each == " -- "]:
        text.parent.replace(text, nodes.Text(": "))


def write_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write maths within a line as MathML, which browsers show without a script."""
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def write_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write maths on a line of its own as MathML."""
    translator.body.append(convert(node.astext(), display="block"))
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.connect("source-read", prepare)
    app.connect("doctree-read", write_colons)
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
