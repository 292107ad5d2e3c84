def pairs(n: int) -> dict[str, int]:
    """The numbers of pairs and triples among n things, as a dict."""
    raise NotImplementedError
