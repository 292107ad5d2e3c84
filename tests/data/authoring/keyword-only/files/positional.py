def sig_posonly(renamed):
    return renamed
