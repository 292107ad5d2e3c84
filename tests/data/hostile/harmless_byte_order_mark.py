# Begins with a byte order mark, and has names that are not English.
# verdict: accepted
# score: 4
def mean(werte):
    größe = len(werte)
    return sum(werte) / größe
