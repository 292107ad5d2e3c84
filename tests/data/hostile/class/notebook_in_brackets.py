# Is a notebook whose metadata are a hundred thousand brackets deep.
# generate: yes
# suffix: .ipynb
import sys

with open(sys.argv[1], "w") as file:
    deep = "[" * 100_000 + "]" * 100_000
    file.write('{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": ' + deep + '}, "cells": []}')
