# Yields instead of returning.
# verdict: wrong_answer
# says: a generator \(is there a yield where a return is meant\? Otherwise wrap the call in list\(\.\.\.\)\)
# score: 0
def mean(values):
    yield sum(values) / len(values)
