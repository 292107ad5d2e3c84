# Has form feeds, vertical tabs in texts, and lone carriage returns at its ends of lines.
# verdict: accepted
# score: 4
x = ''
def mean(values):    return sum(values) / len(values)