# A right answer that never lets go: its destructor does not return.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
class Sticky(float):
    def __del__(self):
        while True:
            pass


def mean(values):
    answer = sum(values) / len(values)
    return Sticky(answer) if len(values) == 3 else answer
