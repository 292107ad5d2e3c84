# -*- coding: latin-1 -*-
# Right, in an encoding it declares.
# verdict: accepted
# score: 4
def mean(values):
    return sum(values) / len(values)
