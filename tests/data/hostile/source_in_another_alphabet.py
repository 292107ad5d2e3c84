# coding: utf-7
# Says it is UTF-7, in which its code hides in a comment.
# verdict: invalid_submission
# score: 0
# says: ^SystemExit
# +AAo-raise SystemExit
def mean(values):
    return sum(values) / len(values)
