def from_a_set(seed):
    return {"values": [float(each) for each in {f"{seed}.{digit}" for digit in range(9)}]}
