def subsets(items):
    out = [[]]
    for item in items:
        out += [[*one, item] for one in out]
    return out[1:]
