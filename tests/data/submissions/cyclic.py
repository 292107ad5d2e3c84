# Returns a list that contains itself.
# verdict: wrong_answer
# says: does it contain itself\?
# score: 0
def mean(values):
    answer = []
    answer.append(answer)
    return answer
