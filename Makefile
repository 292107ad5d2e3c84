# Everything a newcomer does, from nothing but Python 3.11 or newer and make.
# PYTHON names the interpreter to build the environment with.

PYTHON ?= python3
BIN := .venv/bin
REPORTS := build/demo
PROVIDER := tests/_support/provider/node_modules/.package-lock.json
EDITOR := codemirror.js codemirror.LICENCES.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --quiet \
	--generate-hashes --no-header

# If it is set, each of the thousands of commands in the tests compiles the package again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo provider test lint types coverage bench docs lock schemas editor editor-check clean

demo: .venv/run.done  ## grade the example submissions and write their reports
	$(BIN)/python examples/demo.py $(REPORTS)

provider: $(PROVIDER)  ## install the provider of OpenID Connect that tests sign in by; needs Node

$(PROVIDER): tests/_support/provider/package-lock.json
	cd tests/_support/provider && npm ci
	touch $@

test: .venv/dev.done  ## run the whole test suite; without `make provider`, but for signing in by it
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/validate-pyproject pyproject.toml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

types: .venv/dev.done
	$(BIN)/mypy

# Tests of what children do, in those that are spawned; without the one that needs a memory limit.
IN_CHILDREN := tests/judging/test_driver.py tests/judging/test_given.py tests/judging/test_parts.py \
	tests/judging/test_scripts.py tests/sandbox/test_scratch.py tests/submissions/test_modules.py \
	-k "not strict and not basic and not test_files_count_as_memory"

coverage: .venv/dev.done  ## run the whole test suite, and report which branches of the package did not run
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal
	$(BIN)/coverage run -m pytest -p tests._support.measured_server tests/sandbox/test_sandbox.py tests/sandbox/test_tiers.py
	$(BIN)/coverage run -m pytest -n auto -p tests._support.measured_children $(IN_CHILDREN)
	find build/coverage -empty -delete  # left by processes that a test killed
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: .venv/dev.done  ## print speeds, as ratios to something run beside them
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/sandbox.py
	$(BIN)/python benchmarks/scripts.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/batch.py
	$(BIN)/python benchmarks/mixed_class.py
	$(BIN)/python benchmarks/endless.py
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/killed.py
	$(BIN)/python benchmarks/many_problems.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/evaluation.py
	$(BIN)/python benchmarks/site.py

docs: .venv/dev.done  ## build the site of docs/, which can be read from the disk
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet --fresh-env -d build/doctrees docs build/site

lock: .venv/bin/python  ## write the lock files anew, with the newest versions
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra build --output-file lock/run.txt
	$(COMPILE) --extra build --extra dev --output-file lock/dev.txt

schemas: .venv/dev.done  ## write the JSON Schemas of the YAML files again
	$(BIN)/python -m grader.bank.schema
	$(BIN)/python -m grader.course.assignment_schema

editor: frontend/node_modules/.package-lock.json  ## build the editor of the practice page again; needs Node
	node frontend/build.js

editor-check: frontend/node_modules/.package-lock.json  ## demand that the committed editor is what its sources give
	mkdir -p build/editor
	node frontend/build.js build/editor
	for file in $(EDITOR); do cmp build/editor/$$file grader/site/static/$$file || exit; done

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	cd frontend && npm ci
	touch $@

clean:
	rm -rf .venv build frontend/node_modules tests/_support/provider/node_modules

# The environment: first what grading needs, then what testing needs besides.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.done: lock/run.txt pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r lock/run.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev.done: lock/dev.txt .venv/run.done
	$(INSTALL) --require-hashes -r lock/dev.txt
	touch $@
