def bill(prices, tax):
    return [round(p * (1 + tax), 2) for p in prices]
