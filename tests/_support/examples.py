"""The programs in `examples`, as modules."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests._support.bank import ROOT


def load_example(name: str) -> ModuleType:
    """Return the module of a file in `examples`, which is not a package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
