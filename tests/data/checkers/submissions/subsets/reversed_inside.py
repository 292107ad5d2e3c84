def subsets(items):
    out = [[]]
    for item in items:
        out += [[item, *one] for one in out]
    return out
