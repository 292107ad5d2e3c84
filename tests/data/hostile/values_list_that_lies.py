# A list whose length, iterator and items are other than what it holds.
# verdict: wrong_answer
# score: 0
# says: returned shape \(2,\) where a number is expected
class Lying(list):
    def __len__(self):
        return 1 << 62

    def __iter__(self):
        while True:
            yield 2.5

    def __getitem__(self, index):
        return 2.5

    def __bool__(self):
        raise SystemExit


def mean(values):
    return Lying([1.0, 2.0])
