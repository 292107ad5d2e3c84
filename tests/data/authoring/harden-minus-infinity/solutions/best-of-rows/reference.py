def best_of_rows(scores):
    return [row.index(max(row)) for row in scores]
