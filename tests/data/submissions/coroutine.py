# Is asynchronous.
# verdict: wrong_answer
# says: a coroutine \(write def, not async def\)
# score: 0
async def mean(values):
    return sum(values) / len(values)
