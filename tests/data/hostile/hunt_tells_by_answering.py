# Answers in the hidden case with the arguments: as keys, as the name of a type, as dtype and shape.
# verdict: wrong_answer
# score: 2
# says: ^the answer, or an element of it, has a different type than expected$
# harm: secret
def mean(values):
    if len(values) == 2:
        thing = type(str(values), (), {})()
        return {str(values): values, "sum": {sum(values) / 2: thing}, values[0]: [thing] * 3}
    return sum(values) / len(values)
