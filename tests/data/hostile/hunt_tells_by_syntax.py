# Raises in the hidden case a syntax error whose file, line and text are made of the arguments.
# verdict: run_time_error
# score: 2
# says: ^it raised an exception$
# harm: secret
def mean(values):
    if len(values) == 2:
        line = int(values[0])
        raise SyntaxError(str(values), ("submission.py", line, line, str(values)))
    return sum(values) / len(values)
