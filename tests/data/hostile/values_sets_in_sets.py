# An empty set in sixty sets: to sort the elements by what is shown takes twice as long in each.
# verdict: wrong_answer
# score: 0


def mean(values):
    answer = frozenset()
    for _ in range(60):
        answer = frozenset([answer])
    return answer
