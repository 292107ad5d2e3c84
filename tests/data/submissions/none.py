# Forgets to return.
# verdict: wrong_answer
# says: ^returned None: is a return missing\? Expected 2\.5$
# score: 0
def mean(values):
    answer = sum(values) / len(values)
