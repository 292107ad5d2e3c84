# Computes nothing itself, and passes on what a given function answers, in every shape.
# problem: vocabulary
# case: RTE 0/1 the function must be called tokenise
# case: RTE 0/3 NameError
# case: RTE 0/5 step 1, tokenise(…): the function must be
# case: RTE 0/1 the function must be called tokenise
# case: RTE 0/2 NameError


def vocabulary(texts, size=3):
    words = [tokenise(text) for text in texts]
    return {word: len(words) for word in words[0][:size]}


def rate(text, unit):
    return tokenise(text)
