def percent(part, whole):
    share = 100 * part / whole
    return {"share": share, "rest": 100 - share}
