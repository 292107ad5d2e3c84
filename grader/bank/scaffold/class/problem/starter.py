class CLASS:
    """An average in which old values fade.

    TODO: what a student needs to know to write it. Attribute: `count`.
    """

    def __init__(self, decay: float = 0.9):
        raise NotImplementedError

    def update(self, value: float) -> float:
        """Take the next value, and return the average."""
        raise NotImplementedError
