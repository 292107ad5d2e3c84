# Everything a newcomer does, from nothing but Python 3.11 or newer and make.
# PYTHON names the interpreter to build the environment with.

PYTHON ?= python3
BIN := .venv/bin
REPORTS := build/demo

.PHONY: demo test lint types bench lock schemas clean

demo: .venv/run.done  ## grade the example submissions and write their reports
	$(BIN)/python examples/demo.py $(REPORTS)

test: .venv/dev.done  ## run the whole test suite
	$(BIN)/python -m pytest -n 2

lint: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.done
	$(BIN)/mypy

bench: .venv/dev.done  ## print speeds, as ratios to something run beside them
	$(BIN)/python benchmarks/startup.py

lock: .venv/dev.done  ## write the lock files anew, with the newest versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
		--upgrade --quiet pyproject.toml --output-file lock/run.txt
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
		--upgrade --quiet pyproject.toml --extra dev --output-file lock/dev.txt

schemas: .venv/dev.done  ## write the JSON Schemas of the YAML files anew
	$(BIN)/python -m grader.forms

clean:
	rm -rf .venv build

# The environment: first what grading needs, then what testing needs besides.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.done: lock/run.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/run.txt
	touch $@

.venv/dev.done: lock/dev.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ .venv/run.done
