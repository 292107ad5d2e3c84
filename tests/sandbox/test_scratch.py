"""Files that a submission writes: as in a folder of its own, but in memory only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model.entry_point import Call, Program
from grader.model.judgement import Run
from grader.model.problem import Limits
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from tests._support.bank import PATIENCE_S
from tests._support.unmeasured import unmeasured

LIMITS = Limits(wall_s=PATIENCE_S, cpu_s=10.0)


@pytest.fixture(scope="module", params=["strict", "basic", "spawned"])
def each_tier(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    if request.param == "spawned":
        with Sandbox(None) as sandbox:
            yield sandbox
        return
    with Sandbox(ForkServer(), request.param) as sandbox:
        if request.param == "strict" and sandbox.missing():
            pytest.skip(f"this machine lacks {sandbox.missing()}")
        yield sandbox


def run(sandbox: Sandbox, body: str) -> Run:
    source = "def f():\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())
    (made,) = sandbox.run(Program(source.encode(), ("f",)), [(Call([], {}),)], LIMITS)
    return made


PROGRAMS = {
    "a text": """
with open("a.txt", "w") as file:
    file.write("one\\ntwo\\n")
with open("a.txt", "a") as file:
    print("thrée", file=file)
with open("a.txt", encoding="utf-8") as file:
    return [line for line in file]
""",
    "bytes, both ways": """
with open("a", "w+b") as file:
    file.write(b"0123456789"); file.seek(2); file.write(b"xy"); file.seek(-3, 2)
    end = file.read()
    file.seek(12); file.write(b"z"); file.truncate(14); file.seek(0)
    return [end, file.read(), file.tell(), file.name, file.mode, file.seekable()]
""",
    "reading and writing the same file": """
open("a", "w").write("abc")
with open("a", "r+") as file:
    first = file.read(1); file.seek(0); file.write("X")
return [first, open("a").read(), open("a", "rb", 0).read(2), open("a").readlines()]
""",
    "modes": """
found = []
open("there", "w").close()
for name, mode in (("there", "x"), ("new", "x"), ("none", "r"), ("none", "r+"), ("a/b", "w"),
                   ("there", "rw"), ("there", "b"), ("there", "wbt"), ("there", "q"), (".", "w")):
    try:
        with open(name, mode) as file:
            found.append([file.readable(), file.writable()])
    except Exception as error:
        number, name = getattr(error, "errno", 0), getattr(error, "filename", 0)
        found.append([type(error).__name__, number, name])
try:
    open("there", "rb", encoding="utf-8")
except ValueError as error:
    found.append(str(error))
try:
    open("there").write("x")
except OSError as error:
    found.append(type(error).__name__)
return found
""",
    "folders": """
import os
os.mkdir("a"); os.makedirs("a/b/c", exist_ok=True); os.makedirs("a/b/c", exist_ok=True)
open("a/b/one", "w").write("1"); open("two", "w").close()
found = [sorted(os.listdir(".")), sorted(os.listdir("a")), sorted(os.listdir("a/b"))]
found.append([[folder, sorted(below), sorted(names)] for folder, below, names in os.walk("a")])
found.append(sorted((e.name, e.path, e.is_dir(), e.is_file()) for e in os.scandir("a/b")))
for way in (
    lambda: os.mkdir("a"), lambda: os.mkdir("x/y"), lambda: os.rmdir("a"), lambda: os.rmdir("two"),
    lambda: os.remove("a"), lambda: os.remove("none"), lambda: os.rename("none", "x"),
    lambda: os.listdir("two"), lambda: os.listdir("none"),
    lambda: open("a", "w"), lambda: open("two/x", "w"),
):
    try:
        found.append(way())
    except OSError as error:
        found.append([type(error).__name__, error.errno])
return found
""",
    "renaming and removing": """
import os, shutil
os.makedirs("a/b"); open("a/b/f", "w").write("x")
os.rename("a", "c"); found = [os.path.exists("a"), open("c/b/f").read()]
open("g", "w").write("g"); os.replace("g", "c/b/f"); found.append(open("c/b/f").read())
shutil.copy("c/b/f", "h"); shutil.move("h", "c"); shutil.copytree("c", "d")
found += [sorted(os.listdir("c")), sorted(os.listdir("d"))]
shutil.rmtree("c"); os.unlink("d/h"); os.remove("d/b/f"); os.rmdir("d/b"); os.rmdir("d")
return [*found, os.listdir(".")]
""",
    "what is known of a file": """
import os, stat
open("a", "wb").write(b"12345"); os.mkdir("d")
status = os.stat("a")
return [
    os.path.getsize("a"), os.path.isfile("a"), os.path.isdir("a"), os.path.isdir("d"),
    os.path.exists("b"), os.access("a", os.W_OK), stat.S_ISREG(status.st_mode), status.st_size,
    status.st_mtime > 1e9, os.path.realpath("a") == os.path.abspath("a"),
    os.path.samefile("a", "./a"),
]
""",
    "paths": """
import os, pathlib
home = pathlib.Path(os.getcwd())
(home / "x" / "y").mkdir(parents=True)
(home / "x" / "y" / "a.txt").write_text("hé", encoding="utf-8")
path = pathlib.Path("x/y/a.txt")
path.with_suffix(".bin").write_bytes(b"1"); path.touch(); pathlib.Path("new").touch()
found = [path.read_text(encoding="utf-8"), path.exists(), path.stat().st_size]
found.append(open(b"x/y/a.txt", "rb").read())
found.append(sorted(str(each) for each in pathlib.Path("x").rglob("*")))
found.append(sorted(each.name for each in pathlib.Path(".").iterdir()))
path.rename("z"); pathlib.Path("z").unlink(); path.unlink(missing_ok=True)
return [*found, sorted(each.name for each in pathlib.Path("x/y").glob("*.*"))]
""",
    "temporary files": """
import os, tempfile
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "a"), "w") as file:
        file.write("x")
    found = [os.listdir(folder)]
found.append(os.path.exists(folder))
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("abc"); file.flush(); found.append(open(file.name).read()); name = file.name
found.append(os.path.exists(name))
with tempfile.TemporaryFile() as file:
    file.write(b"abc"); file.seek(1); found.append(file.read())
number, name = tempfile.mkstemp(); os.write(number, b"12"); os.close(number)
found.append(open(name, "rb").read())
number, name = tempfile.mkstemp()
with os.fdopen(number, "w") as file:
    file.write("y")
with tempfile.SpooledTemporaryFile(max_size=1) as file:
    file.write(b"longer"); file.seek(0); found.append(file.read())
return [*found, open(name).read()]
""",
    "descriptors": """
import os
number = os.open("a", os.O_CREAT | os.O_RDWR | os.O_EXCL)
os.write(number, b"abc"); os.close(number)
number = os.open("a", os.O_RDONLY)
found = [os.read(number, 2), os.read(number, 9)]; os.close(number)
number = os.open("a", os.O_WRONLY | os.O_APPEND); os.write(number, b"d"); os.close(number)
for way in (
    lambda: os.close(number),
    lambda: os.open("a", os.O_CREAT | os.O_EXCL),
    lambda: os.open("b", os.O_RDONLY),
):
    try:
        way()
    except OSError as error:
        found.append(error.errno)
return [*found, open("a").read()]
""",
    "a log": """
import logging
logging.basicConfig(filename="log.txt", level="INFO", format="%(message)s")
logging.info("hello"); logging.shutdown()
return open("log.txt").read()
""",
    "archives": """
import csv, gzip, json, pickle, zipfile
with zipfile.ZipFile("a.zip", "w") as file:
    file.writestr("x", "1")
with gzip.open("a.gz", "wt") as file:
    file.write("2")
with open("a.csv", "w", newline="") as file:
    csv.writer(file).writerow([1, "b"])
with open("a.pickle", "wb") as file:
    pickle.dump({"a": [1]}, file)
with open("a.json", "w") as file:
    json.dump([1], file)
return [zipfile.ZipFile("a.zip").read("x"), gzip.open("a.gz", "rt").read(),
        open("a.csv", newline="").read(), pickle.load(open("a.pickle", "rb")),
        json.load(open("a.json"))]
""",
    "arrays": """
import numpy as np
numbers = np.arange(4.0)
np.save("a.npy", numbers); np.savez("b.npz", x=numbers); np.savetxt("c.txt", numbers)
with open("d", "wb") as file:
    np.save(file, numbers)
return [np.load("a.npy").tolist(), np.load("b.npz")["x"].tolist(), np.loadtxt("c.txt").tolist(),
        np.genfromtxt("c.txt").tolist(), np.load("d").tolist()]
""",
    "a library that wants a home and a cache": """
import json, os, pathlib
config = pathlib.Path.home() / ".config" / "library"
config.mkdir(parents=True, exist_ok=True)
if not (os.access(str(config), os.W_OK) and config.is_dir()):
    raise OSError("no writable folder")
cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "library"
os.makedirs(cache, exist_ok=True)
with open(cache / "fonts.json.lock", "xb"):
    pass
with open(cache / "fonts.json.part", "w") as file:
    json.dump({"version": 1}, file)
os.replace(cache / "fonts.json.part", cache / "fonts.json"); os.unlink(cache / "fonts.json.lock")
return [json.loads((cache / "fonts.json").read_text()), sorted(os.listdir(cache))]
""",
}

_ALONE = """
import json, os, sys
os.environ["HOME"] = os.environ["TMPDIR"] = os.getcwd()
exec(sys.argv[1])
print(repr(f()))
"""


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_it_is_like_a_real_folder(each_tier: Sandbox, body: str, tmp_path: Path) -> None:
    source = "def f():\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())
    alone = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", _ALONE, source],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    made = run(each_tier, body)
    assert made.error + made.traceback == ""
    assert repr(made.value) == alone.stdout.strip()


def test_the_submission_finds_its_own_file(each_tier: Sandbox) -> None:
    body = """
import inspect, os
return [os.path.exists(__file__), open(__file__).read().splitlines()[0], inspect.getsource(f)[:8]]
"""
    assert run(each_tier, body).value == [True, "def f():", "def f():"]


@pytest.mark.parametrize("module", ["grader.sandbox.server", "grader.sandbox.spawned"])
def test_no_module_has_taken_a_function_before_it_is_replaced(module: str) -> None:
    assert not {"tempfile", "shutil", "pathlib"} & loaded_with(module)


def test_the_server_loads_nothing_that_runs_after_each_fork() -> None:
    """Such code makes each child copy a hundred pages of memory before it begins."""
    assert not {"threading", "random", "logging", "asyncio"} & loaded_with("grader.sandbox.server")


def loaded_with(module: str) -> set[str]:
    """Return the modules that are loaded in a process that has imported one."""
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=unmeasured(), capture_output=True, encoding="utf-8"
    )
    assert module in done.stdout.split()
    return set(done.stdout.split())


OTHERS = {
    "a folder above": "../hostile-made",
    "a folder of the system": "/var/hostile-made",
    "a folder for all": "/tmp/hostile-made",
    "a longer way to a folder above": "./.././hostile-made",
}


@pytest.mark.parametrize("path", OTHERS.values(), ids=OTHERS)
def test_files_elsewhere_are_refused_as_before(path: str) -> None:
    with Sandbox(ForkServer(), "strict") as sandbox:
        for way in (f"open({path!r}, 'w')", f"__import__('os').mkdir({path!r})"):
            made = run(sandbox, f"return {way}")
            assert made.error.startswith("PermissionError: "), made


def test_the_kernel_still_refuses_the_folder_itself() -> None:
    with Sandbox(ForkServer(), "strict") as sandbox:
        for way in ("mkdir('made')", "open('made', 65)", "unlink('made')", "rmdir('made')"):
            made = run(sandbox, f"import posix\nreturn posix.{way}")
            assert made.error.startswith("PermissionError: "), made


def test_files_are_gone_with_the_process(each_tier: Sandbox) -> None:
    """Neither the next submission finds them, nor the next case after a crash."""
    source = b"""
import os
def f(end):
    found = sorted(os.listdir("."))
    open("a", "w").write("x")
    if end:
        os._exit(0)
    return found
"""
    for _ in range(2):
        runs = each_tier.run(
            Program(source, ("f",)),
            [(Call([end], {}),) for end in (False, False, True, False)],
            LIMITS,
        )
        assert [each.value for each in runs] == [[], ["a"], None, []]


def test_files_count_as_memory(each_tier: Sandbox) -> None:
    body = """
with open("a", "wb") as file:
    for _ in range(3000):
        file.write(bytes(1 << 20))
"""
    assert run(each_tier, body).status.name == "OUT_OF_MEMORY"
    assert run(each_tier, 'open("a", "wb").truncate(1 << 40)').status.name == "OUT_OF_MEMORY"


LIBRARIES = {
    "matplotlib": """
import os
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2], [3, 4]); axes.set_title(r"$x^2$")
plt.savefig("a.png"); plt.savefig("b.pdf"); plt.show()
return os.path.getsize("a.png") > 1000 and os.path.exists("b.pdf")
""",
    "pandas": """
import pandas as pd
frame = pd.DataFrame({"a": [1, 2]})
frame.to_csv("a.csv", index=False); frame.to_pickle("a.pkl")
return pd.read_csv("a.csv").equals(frame) and pd.read_pickle("a.pkl").equals(frame)
""",
    "joblib": """
import joblib
joblib.dump([1, 2], "a")
from joblib.externals.loky import cpu_count
cpu_count()  # of a container, by /sys/fs/cgroup
double = joblib.Memory("cache", verbose=0).cache(lambda x: 2 * x)
return joblib.Parallel(2)(joblib.delayed(abs)(x) for x in [-1]) == [1] and double(2) == 4
""",
    "sympy": """
import sympy
x = sympy.Symbol("x")
return sympy.lambdify(x, sympy.diff(x**2, x))(3) == 6
""",
    "sklearn": """
from sklearn.ensemble import RandomForestClassifier
from sklearn.cluster import KMeans
KMeans(2, n_init=1).fit([[0.0], [1.0], [2.0]])  # counts threads by /proc/self/maps
return RandomForestClassifier(3, n_jobs=-1).fit([[0.0], [1.0]], [0, 1]).n_classes_ == 2
""",
    "seaborn": """
import seaborn
seaborn.histplot([1, 2, 2])
return True
""",
    "networkx": """
import networkx
return networkx.shortest_path(networkx.path_graph(3), 0, 2) == [0, 1, 2]
""",
    "numba": """
import numba
def more(x):
    return x + 1
return numba.njit(cache=True)(more)(1) == 2
""",
    "scipy": """
from scipy import stats
return abs(stats.norm.cdf(0) - 0.5) < 1e-9
""",
    "statsmodels": "import statsmodels.api\nreturn True",
    "tqdm": "from tqdm.auto import tqdm\nreturn sum(tqdm(range(3))) == 3",
    "PIL": """
from PIL import Image
Image.new("RGB", (2, 3)).save("a.png")
return Image.open("a.png").size == (2, 3)
""",
    "psutil": """
import psutil
me = psutil.Process()
return me.memory_info().rss > 1e6 and me.num_threads() >= 1 and psutil.virtual_memory().total > 0
""",
    "requests": "import requests\nreturn True",
    "nltk": "import nltk\nreturn nltk.edit_distance('a', 'b') == 1",
    "cv2": "import cv2\nreturn True",
    "plotly": "import plotly.express as px\npx.line(x=[1], y=[1]).show()\nreturn True",
    "torch": "import torch\nreturn float(torch.ones(2).sum()) == 2",
    "jax": """
import jax
return float(jax.jit(lambda x: jax.numpy.sum(x))(jax.numpy.ones(3))) == 3
""",
    "tensorflow": "import tensorflow\nreturn True",
    "xgboost": "import xgboost\nreturn True",
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_work_in_every_tier(each_tier: Sandbox, library: str) -> None:
    pytest.importorskip(library, exc_type=ImportError)
    made = run(each_tier, LIBRARIES[library])
    assert (made.error + made.traceback, made.value) == ("", True)


SYSTEM_FILES = """
import os, re
found = []
for path in ("/proc/self/maps", b"/proc/self/maps"):
    with open(path, "rb") as file:
        found.append(isinstance(file.read(), bytes))
with open(f"/proc/{os.getpid()}/status") as file:
    found.append(int(re.search(r"VmRSS:\\s+(\\d+) kB", file.read())[1]) > 1000)
descriptor = os.open("/proc/self/statm", os.O_RDONLY)
found.append(int(os.read(descriptor, 100).split()[1]) > 100)
os.close(descriptor)
for path in ("cpu.max", "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"):
    path = "/sys/fs/cgroup/" + path
    if os.path.exists(path):
        with open(path) as file:
            found.append(file.read().replace("max", "-1").split()[0].lstrip("-").isdigit())
return found
"""


def test_what_the_system_says_of_a_process_is_read_in_every_tier(each_tier: Sandbox) -> None:
    made = run(each_tier, SYSTEM_FILES)
    assert isinstance(made.value, list) and made.value and all(made.value), made.error


# A neighbour's files, those of the machine, and writing: as refused as ever.
REFUSED = """
import os
found = []
for path, mode in ((f"/proc/{os.getppid()}/maps", "r"), (f"/proc/{os.getppid()}/status", "r"),
                   ("/proc/1/statm", "r"), ("/proc/stat", "r"), ("/proc/self/environ", "r"),
                   ("/proc/self/maps", "r+"), ("/proc/self/maps", "w")):
    try:
        open(path, mode).close()
    except PermissionError:
        found.append(path)
return len(found)
"""


def test_nothing_is_said_of_other_processes(each_tier: Sandbox) -> None:
    if each_tier.protection.tier != "strict":
        pytest.skip("only the strict tier refuses to open files")
    assert run(each_tier, REFUSED).value == 7
