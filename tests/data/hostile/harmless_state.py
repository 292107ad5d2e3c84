# Keeps state in its module, and takes it back before every call.
# verdict: accepted
# score: 4
seen = []


def mean(values):
    global seen
    seen = []
    for value in values:
        seen.append(value)
    return sum(seen) / len(seen)
