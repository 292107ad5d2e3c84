# Returns a generator expression.
# verdict: wrong_answer
# says: a generator expression \(wrap it in list\(\.\.\.\)\)
# score: 0
def mean(values):
    return (sum(values) / len(values) for _ in range(1))
