# Returns a small list that is huge when written out.
# verdict: output_limit
# says: its answer is larger than 64 KiB
# score: 0
def mean(values):
    answer = [1.5]
    for _ in range(40):
        answer = [answer, answer]
    return answer
