"""Constraints: which arguments a problem's function may be called with.

An author declares them in the front matter of spec.md:

    args:
      log_probs: list[G >= 1] of list[T_i] of number
      epsilon: number, 0 <= x < 1
    where:
      - abs(log_probs) <= 30

`args` has one line for each argument. Sizes of one name are equal within a case, but there is one
`T_i` for each element of the outermost list, and one `U_j` for each element of each of those lists.
After the comma, `x` is each innermost element.

A relation under `where` holds element by element; of several joined by `or`, at least one must
hold. A value with fewer sizes is repeated for each element of one with more: a number goes with
everything, and a list [G] with [G][T_i]. `sum`, `len`, and `min` and `max` of one operand reduce
the innermost lists.

`sorted`, `distinct` and `symmetric` are properties of the innermost lists, or matrices, of one
argument.

`parse` and `parse_relation` turn this text into the nouns of `model` (`Constraint`, `Relation`, …),
once per problem. `check` compares the arguments of a case with them, and `relations` evaluates
expressions. Text is only parsed, never run as Python.
"""
