# The conversion of its answer to a number never ends.
# verdict: time_limit
# says: is there a loop that never ends\?
# score: 0
class Number:
    def __float__(self):
        while True:
            pass


def mean(values):
    return Number()
