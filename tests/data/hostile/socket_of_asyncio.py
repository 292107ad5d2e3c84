# Waits for coroutines: the event loop wakes itself through a pair of sockets, which there is none of.
# verdict: run_time_error
# score: 0
# says: PermissionError
# verdict basic: accepted
# score basic: 4
# says basic: ^$
import asyncio


async def total(values):
    parts = await asyncio.gather(*(asyncio.sleep(0.001, value) for value in values))
    return sum(parts)


def mean(values):
    return asyncio.run(total(values)) / len(values)
