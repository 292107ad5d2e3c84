# Answers with a set of sets that differ in one element each, so that every pair must be compared.
def mean(values):
    return {frozenset(range(number, number + 60)) for number in range(60)}
