# Tabs and spaces mixed.
# verdict: accepted
# score: 4
def mean(values):
        total = sum(values)
	return total / len(values)
