# make run: the app on the sample photos. make test: everything that must hold.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test check bench format clean

run: .venv/.runtime
	$(BIN)/nevus review sample_images

test: check
	$(BIN)/python -m pytest

check: .venv/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

bench: .venv/.development
	$(BIN)/python -m benchmarks

format: .venv/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "nevus needs Python 3.11, 3.12 or 3.13: install one, or name it: make run PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing nevus into .venv (once, about a minute)"
	$(PIP) --editable .
	@touch $@

.venv/.development: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the development and training tools into .venv (once)"
	$(PIP) --editable '.[dev,training]'
	@touch $@ .venv/.runtime
