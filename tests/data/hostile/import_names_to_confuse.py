# Defines a function under almost the name, in letters that look the same.
# verdict: invalid_submission
# score: 0
# says: the function must be called mean; found: mе
def mеan(values):
    return sum(values) / len(values)
