# Defines its function only where it is run as a program.
# verdict: invalid_submission
# score: 0
# says: the function must be called mean; the file defines no function
if __name__ == "__main__":

    def mean(values):
        return sum(values) / len(values)
