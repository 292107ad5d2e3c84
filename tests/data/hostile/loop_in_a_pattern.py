# Matches a pattern that goes back and forth for years.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import re


def mean(values):
    if len(values) == 3:
        re.match(r"(a|a|b?)*c", "a" * 60)
    return sum(values) / len(values)
