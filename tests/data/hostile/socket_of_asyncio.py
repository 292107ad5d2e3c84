# Waits for coroutines: the event loop would wake itself through a pair of sockets, and does without.
# verdict: accepted
# score: 4
import asyncio


async def total(values):
    parts = await asyncio.gather(*(asyncio.sleep(0.001, value) for value in values))
    return sum(parts)


def mean(values):
    return asyncio.run(total(values)) / len(values)
