# An integer of more digits than Python is willing to write out.
# verdict: wrong_answer
# score: 0
# says: an integer of about 100\d\d digits
def mean(values):
    return 1 << 33_300
