# Sixty lists, each holding the one before twice: 2 ** 60 numbers in a few kilobytes.
# verdict: output_limit
# score: 0
# says: its answer is larger than 64 KiB
def mean(values):
    answer = [1.0]
    for _ in range(60):
        answer = [answer, answer]
    return answer
