"""Reference solution."""


def show_numbers(start):
    count = int(input())
    for n in range(count):
        print(f"n = {n}")
