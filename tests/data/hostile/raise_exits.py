# Raises what is not an Exception: an interrupt, the end of a generator, and an exit with an odd code.
# verdict: run_time_error
# score: 0
# says: ^KeyboardInterrupt \(line \d+\)$
def mean(values):
    if len(values) == 3:
        raise KeyboardInterrupt
    if len(values) == 1:
        raise GeneratorExit(values)
    raise SystemExit([values])
