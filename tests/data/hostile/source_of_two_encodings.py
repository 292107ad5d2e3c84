# coding: latin-1
# Begins with the mark of UTF-8 and says it is latin-1.
# verdict: invalid_submission
# score: 0
# says: SyntaxError: encoding problem: \S+ with BOM
def mean(values):
    return sum(values) / len(values)
