# Raises a group of groups of groups, a thousand deep, with a cycle of causes.
# verdict: run_time_error
# score: 0
# says: ^ExceptionGroup: outer \(1 sub-exception\)
def mean(values):
    error = ValueError("inner")
    error.__cause__ = error.__context__ = KeyError("other")
    error.__cause__.__context__ = error
    for _ in range(1000):
        error = ExceptionGroup("outer", [error])
    error.add_note("note\n" * 1000)
    raise error
