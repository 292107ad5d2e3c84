# Returns a list nested 10,000 deep.
# verdict: wrong_answer
# says: a container nested more than 64 deep
# score: 0
def mean(values):
    answer = []
    for _ in range(10_000):
        answer = [answer]
    return answer
