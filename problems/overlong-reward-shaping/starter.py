def overlong_penalty(length: int, max_len: int, cache: int) -> float:
    """Soft punishment of responses that are too long.

    Args:
        length: Length of the response, in tokens.
        max_len: Maximum length, in tokens.
        cache: Width of the buffer before max_len, in tokens.

    Returns:
        A number from -1 to 0, to be added to the reward.
    """
    # Write your code here.
    pass
