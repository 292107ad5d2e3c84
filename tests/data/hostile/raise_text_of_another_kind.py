# Raises an exception whose text is a text that is not one.
# verdict: run_time_error
# score: 0
# says: ^Odd: 
class Text(str):
    def __getitem__(self, index):
        return Text("cut")

    def __format__(self, how):
        return Text("formatted")

    def __str__(self):
        raise SystemExit

    def __len__(self):
        return -1


class Odd(Exception):
    def __str__(self):
        return Text("text")


def mean(values):
    raise Odd
