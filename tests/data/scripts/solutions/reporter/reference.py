def report(x):
    print(f"mean={sum(x) / len(x)}, n = {len(x)}")
