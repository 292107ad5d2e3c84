"""The program that runs a test in the sandbox, and records what it calls and prints.

A test has been rewritten by `snippets`: each call of a function or class that students write, each
call of a method, and each value that is printed or asserted has been replaced by a call of one of
the functions named below. What the program returns is data; nothing of a test is executed by this
process.
"""

from __future__ import annotations

import ast

FUNCTION = "record"

# The names that `snippets` puts into a rewritten test; no original test has them.
CALL = "_grader_call"
METHOD = "_grader_method"
OPERATOR = "_grader_operator"
SET = "_grader_set"
GET = "_grader_get"
HOLE = "_grader_hole"
TEXT = "_grader_text"
CHECK = "_grader_check"
RAISES = "_grader_raises"
CAUGHT = "_grader_caught"
LAMBDA = "_grader_lambda"
START = "_grader_start"

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}

# record(solution, test, names, seed) returns
#   [events, holes, text, error]
#   events: [kind, target, args, kwargs, result, draws, raised, site]; a result of an earlier event
#           is replaced by a reference ("\0ref", event, path), and a function or a class that the
#           test defines by ("\0given", name); raised lists the exceptions that the test catches
#   holes:  [site, event, path, value, start, position, text, wanted]; value is printed or asserted;
#           event and path say which result it is, if it is one; start and position are the numbers
#           of events when its evaluation began and when it had ended; text is the fixed text
#           printed before it; wanted is a list with the value that an assertion compares it to,
#           empty if it is printed
#   text:   the fixed text printed after the last hole
SOURCE = '''
import copy
import inspect
import operator
import random
import sys
import types

MARK = "\\0ref"
GIVEN = "\\0given"
MAX_EVENTS = 3000
MAX_DEPTH = 4
MAX_SIZE = 100_000  # elements of an array that leaves the process
COMPARED = ("lt", "le", "gt", "ge", "eq", "ne")


def record(solution, test, names, seed):
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    space = module.__dict__
    events, holes, results = [], [], []
    before, running = [""], []  # the text since the last hole; the event that is being performed
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    try:
        exec(compile(solution, "solution.py", "exec"), space)
    except BaseException as error:
        return [[], [], "", "solution.py raises " + describe(error)]
    written = {name: space.get(name) for name in names}

    def refer(value, depth=0):
        where = find(value, results)
        if where is not None and not is_plain(value):
            return (MARK, *where)
        if name := given_name(value, written):
            return (GIVEN, name)
        if type(value) in (list, tuple) and depth < MAX_DEPTH:
            return type(value)(refer(each, depth + 1) for each in value)
        if type(value) is dict and depth < MAX_DEPTH:
            return {key: refer(each, depth + 1) for key, each in value.items()}
        return copied(value) if is_copied(value) else value

    def note(kind, target, args, kwargs, site):
        if len(events) >= MAX_EVENTS:
            raise RuntimeError(f"more than {MAX_EVENTS} calls")
        event = [kind, target, refer(list(args)), refer(dict(kwargs)), None, False, [], site]
        events.append(event)
        results.append(None)
        return event, len(events) - 1

    def perform(event, index, function, args, kwargs):
        state = drawn()
        running.append(index)
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            event[6] = [name_of(type(error))]
            results[index] = error
            raise
        finally:
            running.pop()
        event[5] = drawn() != state
        results[index] = value
        event[4] = refer(value) if is_opaque(value, written) else copied(value)
        return value

    def call(site, name, *args, **kwargs):
        function = space[name]
        if function is not written.get(name) or running:
            return function(*args, **kwargs)
        kind = "new" if inspect.isclass(function) else "call"
        event, index = note(kind, name, args, kwargs, site)
        return perform(event, index, function, args, kwargs)

    def method(site, owner, name, *args, **kwargs):
        function = getattr(owner, name) if name else owner
        if running:
            return function(*args, **kwargs)
        where = find(owner, results)
        if where is None or type(owner).__module__ != "submission" and name:
            return function(*args, **kwargs)
        if not name and not inspect.isroutine(owner) and type(owner).__module__ != "submission":
            return function(*args, **kwargs)
        event, index = note("method", [*where, name], args, kwargs, site)
        return perform(event, index, function, args, kwargs)

    def assign(site, owner, name, value):
        where = None if running else find(owner, results)
        if where is not None and type(owner).__module__ == "submission":
            note("set", [*where, name], [value], {}, site)
        setattr(owner, name, value)

    def get(site, owner, name):
        where = None if running else find(owner, results)
        value = getattr(owner, name)
        if where is None or type(owner).__module__ != "submission":
            return value
        event, index = note("get", [*where, name], [], {}, site)
        return perform(event, index, getattr, [owner, name], {})

    def operate(site, name, left, right):
        function = getattr(operator, name)
        is_own = "submission" in (type(left).__module__, type(right).__module__)
        is_compared = name in COMPARED and all(
            find(each, results) and not is_plain(each) for each in (left, right)
        )
        if running or not is_own and not is_compared:
            return function(left, right)
        event, index = note("operator", name, [left, right], {}, site)
        return perform(event, index, function, [left, right], {})

    def hole(site, linkable, start, value):
        if not running:
            note_hole(site, linked(value, linkable, start), start, value)
        return value

    def check(site, linkable, start, holds, got, wanted):
        found = holds(got, wanted)
        if running:
            return found is None or found
        if where := linked(got, linkable[0], start, wanted):
            note_hole(site, where, start, got, wanted)
        elif where := linked(wanted, linkable[1], start, got):
            note_hole(site, where, start, wanted, got)
        elif is_list(got, start) and len(wanted) == len(got):
            for index, each in enumerate(got):
                note_hole(site, (start + index, []), start, each, wanted[index])
        elif is_list(wanted, start) and len(wanted) == len(got):
            for index, each in enumerate(wanted):
                note_hole(site, (start + index, []), start, each, got[index])
        else:
            note_hole(site, None, start, found is None or bool(found), True)
        return found is None or found

    def note_hole(site, where, start, value, *wanted):
        event, path = where or (None, [])
        own = [copied(shown(each)) for each in wanted]
        text = ""
        if not wanted:
            text, before[0] = before[0], ""
        holes.append([site, event, path, copied(shown(value)), start, len(events), text, own])

    def linked(value, linkable, start, other=None):
        if type(other) is bool and type(value) is not bool or not linkable:
            return None
        if linkable == "comparison" and (start == len(events) or events[-1][0] != "operator"):
            return None
        used = [(hole[1], hole[2]) for hole in holes if hole[1] is not None]
        return find(value, results, used)

    def is_list(value, start):
        """Return whether a list has the results of all calls since its evaluation began."""
        if type(value) is not list or len(value) != len(events) - start or not value:
            return False
        return all(one is other for one, other in zip(value, results[start:]))

    def shown(value):
        return value if is_data(value) or is_opaque(value, written) else str(value)

    def caught(kinds, error=None):
        error = error or sys.exc_info()[1]
        for event, result in zip(events, results):
            if result is error and error is not None:
                kinds = kinds if isinstance(kinds, tuple) else (kinds,)
                event[6] = [name_of(each) for each in kinds]

    def raises(site, kinds, function, *args, **kwargs):
        with Expected(kinds, caught):
            owner = getattr(function, "__self__", None)
            if getattr(function, "__name__", None) in written and owner is None:
                call(site, function.__name__, *args, **kwargs)
            elif owner is not None and not inspect.ismodule(owner):
                method(site, owner, function.__name__, *args, **kwargs)
            else:
                function(*args, **kwargs)

    def text(words):
        if not running:
            before[0] += words

    stand_in(lambda kinds: Expected(kinds, caught))
    space.update(
        _grader_call=call,
        _grader_method=method,
        _grader_set=assign,
        _grader_hole=hole,
        _grader_get=get,
        _grader_operator=operate,
        _grader_text=text,
        _grader_check=check,
        _grader_caught=caught,
        _grader_lambda=named,
        _grader_raises=raises,
        _grader_start=lambda: len(events),
    )
    try:
        exec(compile(test, "test", "exec"), space)
    except BaseException as error:
        return [events, holes, before[0], describe(error)]
    return [events, holes, before[0], ""]


class Expected:
    """Catch an exception that is expected, as `with pytest.raises(...)` does."""

    def __init__(self, kinds, caught):
        self.kinds, self.caught, self.value = kinds, caught, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise AssertionError(f"no {self.kinds} is raised")
        if not issubclass(kind, self.kinds):
            return False
        self.value = self.exception = error
        self.caught(self.kinds, error)
        return True


def stand_in(raises):
    """Put a module in the place of pytest, so that it need not be installed."""
    sys.modules["pytest"] = types.ModuleType("pytest")
    sys.modules["pytest"].raises = raises


def name_of(kind):
    """Return the name of a class of exceptions, with its module if that is a library."""
    is_known = kind.__module__ in ("builtins", "submission")
    return kind.__name__ if is_known else f"{kind.__module__}.{kind.__name__}"


def named(site, function):
    """Return a lambda of the test with a name of its own."""
    function.__name__ = f"lambda {site}"
    return function


def given_name(value, written):
    """Return the name of a function that is not a student's; empty if it is something else."""
    if inspect.isfunction(value):
        is_own = value in written.values()
        return "" if is_own or value.__module__ != "submission" else value.__name__
    name = getattr(value, "__name__", "")
    if type(value).__name__ == "ufunc":
        return f"numpy.{name}"
    is_library = inspect.isbuiltin(value) and value.__module__ == "math"
    return f"math.{name}" if is_library else ""


def drawn():
    """Return the states of the generators of random numbers, to be compared."""
    numpy = sys.modules.get("numpy")
    own = numpy.random.get_state() if numpy else ()
    own = [each.tobytes() if hasattr(each, "tobytes") else each for each in own]
    return random.getstate(), own


def describe(error):
    return f"{type(error).__name__}: {error}"[:300]


def is_plain(value):
    return value is None or type(value) in (bool, int, str, bytes)


def is_data(value):
    kinds = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
    return value is None or type(value) in kinds or hasattr(value, "tolist")


def is_copied(value):
    return not inspect.isroutine(value) and not inspect.isclass(value)


def is_opaque(value, written):
    return type(value).__module__ == "submission" or inspect.isroutine(value)


class LargeArray:
    """Stands for an array that is too large to leave the process."""


def copied(value):
    if getattr(value, "size", 0).__class__ is int and getattr(value, "size", 0) > MAX_SIZE:
        return LargeArray()
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def find(value, results, used=()):
    """Return the last result that is this object, or has it as an element, and where in it."""
    best = None
    for index in range(len(results) - 1, -1, -1):
        for path in paths(value, results[index], 0):
            if (index, path) not in used:
                return [index, path]
            best = best or [index, path]
    return best


def paths(value, result, depth):
    if result is value:
        yield []
    if type(result) in (list, tuple) and depth < MAX_DEPTH and len(result) < 1000:
        for index, each in enumerate(result):
            for path in paths(value, each, depth + 1):
                yield [index, *path]
    if type(result) is dict and depth < MAX_DEPTH and len(result) < 1000:
        for key, each in result.items():
            if type(key) is str:
                for path in paths(value, each, depth + 1):
                    yield [key, *path]
'''
