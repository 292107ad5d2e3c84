# Hides what it does behind marks that turn the reading direction, in names and comments.
# verdict: accepted
# score: 4
def mean(values):
    # ‮ 0 nruter ⁦ if False:
    answer = "user‮ ⁦# admin⁩ ⁦"
    return sum(values) / len(values)
