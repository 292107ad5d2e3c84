# A dict that holds a tuple that holds a list that holds the dict.
# verdict: wrong_answer
# score: 0
# says: a container nested more than 64 deep
def mean(values):
    answer = {}
    answer["self"] = ([answer, answer],)
    return answer
