def is_balanced(credits, debits):
    return sum(credits) >= sum(debits)
