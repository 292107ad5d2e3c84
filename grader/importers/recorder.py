"""The program that runs a test in the sandbox, and records what it calls and prints.

A test has been rewritten by `snippets`: each call of what students write, each method of such an
object and each value that is printed goes through one of the names below. What the program returns
is data; nothing of a test is executed by this process.
"""

from __future__ import annotations

FUNCTION = "record"

# The names in a rewritten test; no test has them.
CALL = "_grader_call"
METHOD = "_grader_method"
OPERATOR = "_grader_operator"
SET = "_grader_set"
GET = "_grader_get"
HOLE = "_grader_hole"

# record(solution, test, names, seed) returns
#   [events, holes, error]
#   events: [kind, target, args, kwargs, result, draws, raised, site]; what is the result of an
#           earlier event is a reference ("\0ref", event, path), and a function that the test
#           defines is ("\0given", name)
#   holes:  [site, event, path, value, position]: what is printed, which result it is, if it is
#           one, and the number of events before
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
COMPARED = ("lt", "le", "gt", "ge", "eq", "ne")


def record(solution, test, names, seed):
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    space = module.__dict__
    events, holes, results = [], [], []
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    try:
        exec(compile(solution, "solution.py", "exec"), space)
    except BaseException as error:
        return [[], [], "solution.py raises " + describe(error)]
    written = {name: space.get(name) for name in names}

    def refer(value, depth=0):
        where = find(value, results)
        if where is not None and not is_plain(value):
            return (MARK, *where)
        if inspect.isfunction(value) and value.__code__.co_filename == "test":
            return (GIVEN, value.__name__)
        if type(value) in (list, tuple) and depth < MAX_DEPTH:
            return type(value)(refer(each, depth + 1) for each in value)
        if type(value) is dict and depth < MAX_DEPTH:
            return {key: refer(each, depth + 1) for key, each in value.items()}
        return copy.deepcopy(value) if is_copied(value) else value

    def note(kind, target, args, kwargs, site):
        if len(events) >= MAX_EVENTS:
            raise RuntimeError(f"more than {MAX_EVENTS} calls")
        event = [kind, target, refer(list(args)), refer(dict(kwargs)), None, False, "", site]
        events.append(event)
        results.append(None)
        return event, len(events) - 1

    def perform(event, index, function, args, kwargs):
        before = drawn()
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            event[6] = type(error).__name__
            raise
        event[5] = drawn() != before
        results[index] = value
        event[4] = refer(value) if is_opaque(value, written) else copied(value)
        return value

    def call(site, name, *args, **kwargs):
        function = space[name]
        if function is not written.get(name):
            return function(*args, **kwargs)
        kind = "new" if inspect.isclass(function) else "call"
        event, index = note(kind, name, args, kwargs, site)
        return perform(event, index, function, args, kwargs)

    def method(site, owner, name, *args, **kwargs):
        where = find(owner, results)
        function = getattr(owner, name) if name else owner
        if where is None or type(owner).__module__ != "submission" and name:
            return function(*args, **kwargs)
        if not name and not inspect.isroutine(owner):
            return function(*args, **kwargs)
        event, index = note("method", [*where, name], args, kwargs, site)
        return perform(event, index, function, args, kwargs)

    def assign(site, owner, name, value):
        where = find(owner, results)
        if where is not None and type(owner).__module__ == "submission":
            note("set", [*where, name], [value], {}, site)
        setattr(owner, name, value)

    def get(site, owner, name):
        where = find(owner, results)
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
        if not is_own and not is_compared:
            return function(left, right)
        event, index = note("operator", name, [left, right], {}, site)
        return perform(event, index, function, [left, right], {})

    def hole(site, is_linked, value):
        used = [(index, path) for _, index, path, _, _ in holes if index is not None]
        where = is_linked and find(value, results, used)
        event, path = where or (None, [])
        shown = value if is_data(value) or is_opaque(value, written) else str(value)
        holes.append([site, event, path, copied(shown), len(events)])
        return value

    space.update(
        _grader_call=call,
        _grader_method=method,
        _grader_set=assign,
        _grader_hole=hole,
        _grader_get=get,
        _grader_operator=operate,
    )
    try:
        exec(compile(test, "test", "exec"), space)
    except BaseException as error:
        return [events, holes, describe(error)]
    return [events, holes, ""]


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


def copied(value):
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
