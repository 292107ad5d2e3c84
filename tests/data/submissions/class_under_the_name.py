# A class under the name: to call it makes an object.
# verdict: wrong_answer
# says: an object of type mean
# score: 0
class mean:
    def __init__(self, values):
        self.value = sum(values) / len(values)
