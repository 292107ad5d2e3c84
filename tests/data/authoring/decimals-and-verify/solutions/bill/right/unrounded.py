def bill(prices, tax):
    return [p + p * tax for p in prices]
