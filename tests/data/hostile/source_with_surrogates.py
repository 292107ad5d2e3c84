# Has half a character encoded in it, which UTF-8 does not allow.
# verdict: invalid_submission
# score: 0
# says: the file is not UTF-8: byte 0xed in line 5; save it as UTF-8
x = 'í €'
def mean(values):
    return sum(values) / len(values)
