def percent(part, whole):
    share = round(100 * part / whole, 1)
    return {"share": share, "rest": round(100 - share, 1)}
