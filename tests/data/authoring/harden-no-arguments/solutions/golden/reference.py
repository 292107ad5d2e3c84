def golden(digits=3):
    return round((1 + 5**0.5) / 2, digits)
