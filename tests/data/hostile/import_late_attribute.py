# Has a module that makes its function up when it is asked for it.
# verdict: invalid_submission
# score: 0
# says: the function must be called mean; found: __getattr__
def __getattr__(name):
    return lambda values: sum(values) / len(values)
