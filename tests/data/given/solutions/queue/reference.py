import heapq


class Queue:
    def __init__(self):
        self.heap = []

    def add(self, item: int) -> None:
        heapq.heappush(self.heap, item)

    def take(self) -> int:
        return heapq.heappop(self.heap)
