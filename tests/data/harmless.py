"""What a submission may well want to do, and the strict sandbox must not keep it from doing."""

import contextlib
import ctypes
import dataclasses
import datetime
import decimal
import fractions
import hashlib
import io
import json
import logging
import math
import os
import platform
import random
import re
import sqlite3
import statistics
import tempfile
import threading
import time
import typing
import warnings
import zoneinfo
from concurrent.futures import ThreadPoolExecutor

import numpy as np


@dataclasses.dataclass
class Point:
    x: float
    y: float = 1.0


def works() -> str:
    assert np.linalg.solve(np.eye(400) * 2, np.ones(400)).sum() == 200
    assert np.fft.fft(np.ones(64))[0] == 64
    assert np.random.default_rng(0).normal(size=3).shape == (3,)
    assert np.ma.masked_array([1, 2], [False, True]).sum() == 1
    assert np.polynomial.Polynomial([1, 2])(1) == 3
    assert np.ones(20_000_000).sum() == 2e7
    assert Point(1.0).y == 1.0 and json.loads(json.dumps({"a": [1]})) == {"a": [1]}
    assert decimal.Decimal("0.1") * 3 == decimal.Decimal("0.3")
    assert fractions.Fraction(1, 3) * 3 == 1 and statistics.fmean([1, 2]) == 1.5
    assert hashlib.sha256(b"").hexdigest().startswith("e3b0")
    assert re.fullmatch(r"(a|b)+", "abab") and math.fsum([0.1] * 10) == 1.0
    random.seed(1)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(abs, [-1, -2])) == [1, 2]
    thread = threading.Thread(target=time.sleep, args=(0.01,))
    thread.start()
    thread.join()
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print("caught")
    assert out.getvalue() == "caught\n"
    logging.getLogger("x").warning("a line of log")
    warnings.warn("a warning", stacklevel=1)
    assert sqlite3.connect(":memory:").execute("select 1 + 1").fetchone() == (2,)
    assert ctypes.c_int(3).value == 3 and platform.platform()
    assert datetime.datetime.now(zoneinfo.ZoneInfo("UTC")).year > 2000
    assert os.listdir(".") == [] and os.cpu_count() and os.getcwd()
    assert os.urandom(4) and typing.get_type_hints(works) == {"return": str}
    with contextlib.suppress(OSError):
        tempfile.gettempdir()  # there is no folder to write to: an OSError, and no crash
    return "all of it"
