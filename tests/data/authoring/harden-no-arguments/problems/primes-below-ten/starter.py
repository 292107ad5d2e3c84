def primes_below_ten():
    """The primes below ten."""
