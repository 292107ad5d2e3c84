# A complex number that lies about itself; underneath it is 1+1j.
# verdict: wrong_answer
# score: 0
# says: returned a complex number where a number is expected
class Lying(complex):
    def __complex__(self):
        raise SystemExit

    real = property(lambda self: 2.5)
    imag = property(lambda self: 0.0)


def mean(values):
    return Lying(1, 1)
