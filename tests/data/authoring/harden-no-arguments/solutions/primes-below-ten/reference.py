def primes_below_ten():
    return [n for n in range(2, 10) if all(n % d for d in range(2, n))]
