# A text of lone surrogates, escape sequences and marks that turn the reading direction.
# verdict: wrong_answer
# score: 0
# says: returned a string where a number is expected
def mean(values):
    return "\ud800\udfff\x1b[2J\x1b]0;title\x07\u202e\u2066\u2028\x85\r\n::error::x\0" * 3
