def subsets(items: list[int]) -> list[list[int]]:
    raise NotImplementedError
