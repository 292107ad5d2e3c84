# Fails while it is imported.
# verdict: invalid_submission
# says: ModuleNotFoundError: No module named 'notthere' \(line 5\)
# score: 0
import notthere


def mean(values):
    return sum(values) / len(values)
