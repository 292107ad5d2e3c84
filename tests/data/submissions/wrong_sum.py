# Wrong: forgets to divide. Right for one value.
# verdict: wrong_answer
# says: got 7\.5, expected 2\.5 \(off by 5; at most 0\.00025 is allowed\)
# hint: What do you divide by
# score: 1
def mean(values):
    return sum(values)
