"""Formulas of a Markdown text as Unicode, for a terminal: $x_i^2 \\le \\frac{1}{n}$ is xᵢ² ≤ 1/n.

It reads the part of LaTeX that statements use. A formula that it cannot read stays as it is
written.
"""

from __future__ import annotations

import re

# Code, or an escaped character such as a dollar sign; a displayed formula; one in a sentence.
_FORMULA = re.compile(
    r"(```.*?```|~~~.*?~~~|``[^\n]*?``|`[^`\n]*`|\\.)"
    r"|\$\$(.+?)\$\$"
    r"|\$(?! )((?:\\[^\n]|[^\\$\n])*(?:\\[^\n]|[^\\$\n ]))\$",
    re.DOTALL,
)
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~]|\s+|[^\\{}^_&~\s]", re.DOTALL)
_MAX_DEPTH = 40
# Punctuation that Markdown might take for its own.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")

_SYMBOLS = dict(
    pair.split("=", 1)
    for pair in [
        "alpha=α",
        "beta=β",
        "gamma=γ",
        "delta=δ",
        "epsilon=ε",
        "varepsilon=ε",
        "zeta=ζ",
        "eta=η",
        "theta=θ",
        "iota=ι",
        "kappa=κ",
        "lambda=λ",
        "mu=μ",
        "nu=ν",
        "xi=ξ",
        "pi=π",
        "rho=ρ",
        "sigma=σ",
        "tau=τ",
        "upsilon=υ",
        "phi=φ",
        "varphi=φ",
        "chi=χ",
        "psi=ψ",
        "omega=ω",
        "Gamma=Γ",
        "Delta=Δ",
        "Theta=Θ",
        "Lambda=Λ",
        "Xi=Ξ",
        "Pi=Π",
        "Sigma=Σ",
        "Phi=Φ",
        "Psi=Ψ",
        "Omega=Ω",
        "sum=∑",
        "prod=∏",
        "int=∫",
        "partial=∂",
        "nabla=∇",
        "infty=∞",
        "le=≤",
        "leq=≤",
        "ge=≥",
        "geq=≥",
        "ne=≠",
        "neq=≠",
        "approx=≈",
        "sim=∼",
        "equiv=≡",
        "propto=∝",
        "in=∈",
        "notin=∉",  # codespell:ignore notin
        "subset=⊂",
        "subseteq=⊆",
        "cup=∪",
        "cap=∩",
        "emptyset=∅",
        "forall=∀",
        "exists=∃",
        "times=×",
        "cdot=·",
        "div=÷",
        "pm=±",
        "mp=∓",
        "ast=∗",
        "circ=∘",
        "odot=⊙",
        "otimes=⊗",
        "oplus=⊕",
        "top=⊤",
        "to=→",
        "rightarrow=→",
        "leftarrow=←",
        "Rightarrow=⇒",
        "Leftrightarrow=⇔",
        "mapsto=↦",
        "ldots=…",
        "cdots=⋯",
        "dots=…",
        "vdots=⋮",
        "ddots=⋱",
        "mid=|",
        "vert=|",
        "Vert=‖",
        "lVert=‖",
        "rVert=‖",
        "lvert=|",
        "rvert=|",
        "lfloor=⌊",
        "rfloor=⌋",
        "lceil=⌈",
        "rceil=⌉",
        "langle=⟨",
        "rangle=⟩",
        "ell=ℓ",
        "prime=′",
        "land=∧",
        "lor=∨",
        "neg=¬",
        "ll=≪",
        "gg=≫",
        "colon=:",
        "lbrace={",
        "rbrace=}",
        "star=⋆",
        "perp=⊥",
        "parallel=∥",
        "setminus=∖",
        "dagger=†",
    ]
)
_SPACES = {"quad": "  ", "qquad": "    ", ",": " ", ";": " ", ":": " ", " ": " ", "!": "", "~": " "}
_DROPPED = {"left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "limits"}
_PLAIN = {"text", "mathrm", "mathbf", "mathit", "operatorname", "textbf", "textit", "mathcal"}
_PLAIN |= {"mathbb", "boldsymbol", "mathsf", "texttt", "mathtt", "bm", "operatorname*"}
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}
_ACCENTS |= {"overline": "\u0305", "widehat": "\u0302", "widetilde": "\u0303"}
_UPPER = dict(
    zip(
        "0123456789+-=()niTabcdefghjklmoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)
_LOWER = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)


def with_readable_maths(markdown: str) -> str:
    """Return a Markdown text with its formulas as Unicode.

    Code and escaped dollar signs are left as they are.
    """
    return _FORMULA.sub(_replace, markdown)


def readable(formula: str) -> str:
    """Return a formula, without dollar signs, as Unicode.

    Raises:
        ValueError: if it cannot be read
    """
    reader = _Reader(_TOKEN.findall(formula))
    text = reader.sequence(0)
    if reader.position < len(reader.tokens):
        raise ValueError("a closing brace without an opening one")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _replace(match: re.Match[str]) -> str:
    code, display, inline = match.groups()
    if code is not None:
        return match[0]
    try:
        text = readable(display if display is not None else inline)
    except ValueError:
        return match[0]
    if display is not None:
        return f"\n```text\n{text}\n```\n"
    return _MARKUP.sub(r"\\\1", text.replace("\n", "; "))


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0

    def sequence(self, depth: int, stop: str = "") -> str:
        """Return everything up to a closing brace, or the token `stop`, or the end."""
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deeply")
        out: list[str] = []
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            if token in ("}", stop):
                break
            out.append(self.atom(depth))
        return "".join(out)

    def atom(self, depth: int) -> str:
        """Return the next token, with what belongs to it."""
        token = self.next()
        if token == "{":
            return self.closed(depth)
        if token in ("^", "_"):
            return self.script(token, self.argument(depth))
        if token == "&":
            return "  "
        if token.startswith("\\"):
            return self.command(token[1:], depth)
        return " " if token.isspace() or token == "~" else token

    def command(self, name: str, depth: int) -> str:
        if name == "\\":
            return "\n"
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name in _SPACES:
            return _SPACES[name]
        if name in _DROPPED:
            self.skip(".")
            return ""
        if name in _PLAIN:
            return self.argument(depth)
        if name in _ACCENTS:
            text = self.argument(depth)
            return text + _ACCENTS[name] if len(text) == 1 else _grouped(text) + _ACCENTS[name]
        if name in ("frac", "dfrac", "tfrac"):
            return f"{_grouped(self.argument(depth))}/{_grouped(self.argument(depth))}"
        if name in ("binom", "dbinom", "tbinom"):
            return f"C({self.argument(depth)}, {self.argument(depth)})"
        if name == "sqrt":
            root = self.bracketed(depth)
            return f"{_script(root, _UPPER, '') if root else ''}√{_grouped(self.argument(depth))}"
        if name in ("begin", "end"):
            self.argument(depth)
            return "\n"
        return name  # \log, \exp, \max, \{, \%

    def script(self, mark: str, text: str) -> str:
        if mark == "^" and text in ("′", "∗", "⊤", "†"):
            return text if text != "⊤" else "ᵀ"
        return _script(text, _UPPER if mark == "^" else _LOWER, mark)

    def argument(self, depth: int) -> str:
        """Return the next group in braces, or the next token."""
        while self.position < len(self.tokens) and self.tokens[self.position].isspace():
            self.position += 1
        if self.position >= len(self.tokens):
            raise ValueError("an argument is missing")
        if self.tokens[self.position] in "}&":
            raise ValueError("an argument is missing")
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deeply")
        return self.atom(depth + 1).strip()

    def bracketed(self, depth: int) -> str:
        """Return what follows in brackets, or nothing."""
        if self.position >= len(self.tokens) or self.tokens[self.position] != "[":
            return ""
        self.position += 1
        text = self.sequence(depth + 1, "]")
        if self.next() != "]":
            raise ValueError("a bracket is missing")
        return text

    def closed(self, depth: int) -> str:
        text = self.sequence(depth + 1)
        if self.next() != "}":
            raise ValueError("a brace is missing")
        return text

    def skip(self, token: str) -> None:
        """Skip a token if it comes next: the invisible delimiter of \\left. and \\right."""
        if self.position < len(self.tokens) and self.tokens[self.position] == token:
            self.position += 1

    def next(self) -> str:
        if self.position >= len(self.tokens):
            raise ValueError("the formula ends too early")
        self.position += 1
        return self.tokens[self.position - 1]


def _grouped(text: str) -> str:
    """Return a text in parentheses, unless it is a single name or number."""
    return text if re.fullmatch(r"[\w.′⁰-ⁿ₀-₎ᵢ-ᵥ]+", text) else f"({text})"


def _script(text: str, letters: dict[str, str], mark: str) -> str:
    """Return raised or lowered letters, if there is one for each; else the text after the mark."""
    bare = text.replace(" ", "").replace("−", "-")
    if all(each in letters for each in bare):
        return "".join(letters[each] for each in bare)
    return mark + (bare if len(bare) == 1 else f"({text})")
